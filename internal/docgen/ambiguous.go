package main

import (
	"fmt"
	"strings"

	"github.com/brownoutdev/brownout/recognition"
)

const ambiguousIntroduction = `# Ambiguous calls

Some operations of AWS cannot be told apart by their requests: method, path, signing name, version, target
and required parameters are equal. Brownout then names the likeliest first, and the others beside it:

    x-brownout-call: rds.CreateDBCluster; or=neptune.CreateDBCluster,docdb.CreateDBCluster

The log's message names the first; its field ` + "`or`" + ` holds the others. A rule hits such a call when it matches any
of the candidates.

A call is less ambiguous, or not at all, when

- its User-Agent names the service (` + "`api/docdb#1.40.0`" + `): SDKs for Go and JavaScript do so, boto3 and the AWS CLI do not;
- its host name does (` + "`query.timestream.us-east-1.amazonaws.com`" + `);
- it has one of the parameters that the last column lists, which only some of the candidates know.
`

// ambiguous lists the operations that recognition cannot tell apart.
func ambiguous() (string, error) {
	all := recognition.Ambiguities()
	operations := map[string]bool{}
	for _, a := range all {
		for _, name := range a.Candidates {
			operations[name] = true
		}
	}
	var page strings.Builder
	page.WriteString(ambiguousIntroduction)
	fmt.Fprintf(&page, "\n%d operations in %d groups:\n", len(operations), len(all))
	signing := ""
	for _, a := range all {
		if a.SigningName != signing {
			signing = a.SigningName
			fmt.Fprintf(&page, "\n## Signed for `%s`\n\n| request | candidates, likeliest first | told apart by |\n|---|---|---|\n", signing)
		}
		fmt.Fprintf(&page, "| `%s` | %s | %s |\n", a.Evidence, code(a.Candidates), code(a.Telling))
	}
	return page.String(), nil
}

func code(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "`" + strings.Join(names, "` `") + "`"
}
