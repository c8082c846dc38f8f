package cli

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/fis"
	"github.com/brownoutdev/brownout/services/fis/action"
)

// TestTheDocumentedExperiments judges every experiment of docs/actions.md, and finds every action there that is carried out.
func TestTheDocumentedExperiments(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/actions.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(blocks) < 5 {
		t.Fatalf("the page has only %d experiments", len(blocks))
	}
	for _, block := range blocks {
		template, err := parseTemplate([]byte(block[1]))
		if err != nil {
			t.Errorf("%v:\n%s", err, block[1])
			continue
		}
		for _, m := range fis.Lint(template, false) {
			t.Errorf("%s: %s\n%s", strings.Join(m.Path, "."), m.Message, block[1])
		}
	}
	for _, a := range action.All() {
		if a.Run != nil && a.ID != "aws:fis:wait" && !strings.HasPrefix(a.ID, "localstack:") && !strings.Contains(string(page), "`"+a.ID+"`") {
			t.Errorf("the page does not describe %s", a.ID)
		}
	}
}

func TestParseTemplate(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"description: d\nactions: {A: {parameters: {percentage: 050, duration: PT5M, on: yes}}}\nlogConfiguration: {logSchemaVersion: 2}\ntargets: ~\n",
		"description: d\nactions:\n  A:\n    parameters:\n      <<: {percentage: 050, duration: PT1M}\n      duration: PT5M\n      on: yes\nlogConfiguration: {logSchemaVersion: 2}\n",
		`{"experimentTemplate":{"id":"EXT1","arn":"x","creationTime":1.5,"lastUpdateTime":2,"targetAccountConfigurationsCount":0,"description":"d",` +
			`"actions":{"A":{"parameters":{"percentage":"050","duration":"PT5M","on":"yes"}}},"logConfiguration":{"logSchemaVersion":2}}}`,
		"\ufeff{\n\t\"description\": \"d\",\n\t\"actions\": {\"A\": {\"parameters\": {\"percentage\": \"050\", \"duration\": \"PT5M\", \"on\": \"yes\"}}}, \"logConfiguration\": {\"logSchemaVersion\": 2}}",
	} {
		got, err := parseTemplate([]byte(text))
		if err != nil {
			t.Errorf("%v: %s", err, text)
			continue
		}
		parameters := got["actions"].(map[string]any)["A"].(map[string]any)["parameters"].(map[string]any)
		if len(got) != 3 || got["description"] != "d" || parameters["percentage"] != "050" || parameters["on"] != "yes" || parameters["duration"] != "PT5M" ||
			got["logConfiguration"].(map[string]any)["logSchemaVersion"] != int64(2) {
			t.Errorf("%#v", got)
		}
	}
	for text, says := range map[string]string{
		"":                       "not an experiment template",
		"- a":                    "not an experiment template",
		"[1]":                    "not an experiment template",
		"null":                   "not an experiment template",
		`"text"`:                 "not an experiment template",
		"{\n\"a\": 1,\n}":        "line 3: this is not JSON",
		"a: b: c":                "mapping values are not allowed",
		"desciption: d":          `a template has no "desciption"; did you mean description?`,
		"actions: &a\n  b: *a\n": "anchor 'a' value contains itself",
		"tags: {a: b, a: c}":     "already defined",
		"logConfiguration: {logSchemaVersion: two}": "logSchemaVersion is not a whole number",
	} {
		if _, err := parseTemplate([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", text, err, says)
		}
	}
}
