package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/brownoutdev/brownout/catalog"
	"github.com/brownoutdev/brownout/server"
)

func (p *process) services() *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "services [NAME]",
		Short: "List AWS's services, or the operations of one",
		Long: `List the AWS services whose calls Brownout recognises, with their protocols, how many operations
they have and how many of them Brownout serves itself; or the operations of one service. Names are
botocore's and the AWS CLI's; ids and the usual other names do as well (DynamoDB, sfn, cfn).`,
		Example: `  brownout services
  brownout services stepfunctions --json`,
		Args: atMostOne,
		RunE: func(_ *cobra.Command, args []string) error {
			served, err := server.Served()
			if err != nil {
				return err
			}
			var listing interface{ text() string } = listServices(served)
			if len(args) == 1 {
				service := catalog.Lookup(args[0])
				if service == nil {
					return usage("AWS has no service %q%s", args[0], suggest(nearest(args[0], catalog.Names()), nil))
				}
				listing = listOperations(service, served[service.Name])
			}
			if asJSON {
				return p.printJSON(listing)
			}
			return p.print(listing.text())
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print one line of JSON")
	return command
}

func atMostOne(_ *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	return usage("takes one name at most, but got %q as well", args[1])
}

// serviceList is what is said of all services.
type serviceList struct {
	// Source is what the names come from: "botocore 1.43.11".
	Source   string           `json:"source"`
	Services []serviceSummary `json:"services"`
}

type serviceSummary struct {
	Name       string   `json:"name"`
	ID         string   `json:"id"`
	Protocols  []string `json:"protocols"`
	Operations int      `json:"operations"`
	// Served is how many of them Brownout answers itself.
	Served int `json:"served"`
}

func listServices(served map[string][]string) *serviceList {
	list := &serviceList{Source: "botocore " + catalog.SourceVersion}
	for service := range catalog.All() {
		list.Services = append(list.Services, serviceSummary{
			Name: service.Name, ID: service.ID, Protocols: service.Protocols,
			Operations: len(service.Operations), Served: len(served[service.Name]),
		})
	}
	return list
}

func (l *serviceList) text() string {
	return table("NAME\tPROTOCOLS\tOPERATIONS\tSERVED HERE", func(row func(...any)) {
		for _, s := range l.Services {
			here := "-"
			if s.Served > 0 {
				here = fmt.Sprint(s.Served)
			}
			row(s.Name, strings.Join(s.Protocols, ","), s.Operations, here)
		}
	})
}

// serviceDetail is what is said of one service.
type serviceDetail struct {
	Name           string             `json:"name"`
	ID             string             `json:"id"`
	Protocols      []string           `json:"protocols"`
	SigningName    string             `json:"signing_name"`
	EndpointPrefix string             `json:"endpoint_prefix"`
	TargetPrefix   string             `json:"target_prefix,omitempty"`
	APIVersion     string             `json:"api_version"`
	Operations     []operationSummary `json:"operations"`
}

type operationSummary struct {
	Name   string `json:"name"`
	Method string `json:"method"`
	URI    string `json:"uri"`
	// Served: Brownout answers it itself.
	Served bool `json:"served"`
}

func listOperations(service *catalog.Service, served []string) *serviceDetail {
	here := make(map[string]bool, len(served))
	for _, name := range served {
		here[name] = true
	}
	d := &serviceDetail{
		Name: service.Name, ID: service.ID, Protocols: service.Protocols, SigningName: service.SigningName,
		EndpointPrefix: service.EndpointPrefix, TargetPrefix: service.TargetPrefix, APIVersion: service.APIVersion,
	}
	for _, op := range service.Operations {
		d.Operations = append(d.Operations, operationSummary{Name: op.Name, Method: op.Method, URI: op.URI, Served: here[op.Name]})
	}
	return d
}

func (d *serviceDetail) text() string {
	head := fmt.Sprintf("%s (%s), %s, version %s, signed for %s\n\n", d.Name, d.ID, strings.Join(d.Protocols, ", "), d.APIVersion, d.SigningName)
	return head + table("OPERATION\tROUTE\tSERVED HERE", func(row func(...any)) {
		for _, op := range d.Operations {
			here := "-"
			if op.Served {
				here = "yes"
			}
			row(op.Name, op.Method+" "+op.URI, here)
		}
	})
}

// table aligns rows under a head whose columns tabs separate.
func table(head string, fill func(row func(cells ...any))) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, head)
	fill(func(cells ...any) {
		for i, cell := range cells {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, cell)
		}
		fmt.Fprintln(w)
	})
	_ = w.Flush() // a strings.Builder takes everything
	return text.String()
}
