package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/server"
)

const servicesIntroduction = `# Services

Brownout recognises the calls of every service below, whatever answers them, and refuses them in their own
wire protocol. What it serves itself is listed first. ` + "`brownout services NAME`" + ` lists the operations of any service.
Where a service's name is asked for (in rules, flags and files), its id and the usual other names do as well.
`

// services lists what the catalogue holds and what Brownout serves itself.
func services() (string, error) {
	served, err := server.Served()
	if err != nil {
		return "", err
	}
	var page strings.Builder
	page.WriteString(servicesIntroduction)
	page.WriteString("\n## Served by Brownout itself\n")
	for _, name := range slices.Sorted(maps.Keys(served)) {
		service := catalog.Lookup(name)
		fmt.Fprintf(&page, "\n### %s\n\n%d of %d operations: %s.\n", name, len(served[name]), len(service.Operations), strings.Join(served[name], ", "))
		var missing []string
		for _, op := range service.Operations {
			if !slices.Contains(served[name], op.Name) {
				missing = append(missing, op.Name)
			}
		}
		if len(missing) > 0 {
			fmt.Fprintf(&page, "\nNot served (501 NotImplemented): %s.\n", strings.Join(missing, ", "))
		}
	}
	operations := 0
	var rows strings.Builder
	for service := range catalog.All() {
		operations += len(service.Operations)
		fmt.Fprintf(&rows, "| %s | %s | %s | %s | %s | %d | %s |\n", service.Name, service.ID, strings.Join(service.Protocols, ", "),
			service.SigningName, service.APIVersion, len(service.Operations), count(len(served[service.Name])))
	}
	fmt.Fprintf(&page, "\n## All %d services with %d operations\n\nFrom the models of botocore %s.\n\n", len(catalog.Names()), operations, catalog.SourceVersion)
	page.WriteString("| name | id | protocols | signing name | version | operations | served |\n|---|---|---|---|---|---|---|\n")
	page.WriteString(rows.String())
	return page.String(), nil
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
