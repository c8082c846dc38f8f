package fis_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/services/fis"
)

// stranger is a template of the kinds that people have put on the net: good ones, and ones that AWS refuses.
type stranger struct {
	About    string          `json:"about"`
	Template json.RawMessage `json:"template"`
	// Strict and Lenient are in what is said to the template; nil: it is taken.
	Strict  *string `json:"strict"`
	Lenient *string `json:"lenient"`
}

// TestStrangersTemplates: what strangers' templates are told, with and without --fis-strict. One that is taken
// comes back as it was sent, can be replaced by itself, and its experiments, the preview and the real one, come
// to an end that leaves nothing running, in a world that knows none of its resources.
func TestStrangersTemplates(t *testing.T) {
	file, err := os.Open("testdata/strangers.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var s stranger
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatal(err)
		}
		t.Run(s.About, func(t *testing.T) {
			s.lint(t, true, s.Strict)
			s.lint(t, false, s.Lenient)
			if s.Lenient == nil {
				inWorld(t, s.live)
			}
		})
	}
}

func (s stranger) lint(t *testing.T, strict bool, want *string) {
	t.Helper()
	var document any
	if err := json.Unmarshal(s.Template, &document); err != nil {
		t.Fatal(err)
	}
	mistakes := fis.Lint(document, strict)
	switch {
	case want == nil:
		for _, m := range mistakes {
			t.Errorf("strict %t: %v: %s", strict, m.Path, m.Message)
		}
	case !slices.ContainsFunc(mistakes, func(m fis.Mistake) bool { return strings.Contains(m.Message, *want) }):
		t.Errorf("strict %t: nothing says %q: %+v", strict, *want, mistakes)
	}
}

func (s stranger) live(w *world) {
	var in fis.CreateExperimentTemplateRequest
	if err := json.Unmarshal(s.Template, &in); err != nil {
		w.t.Fatal(err)
	}
	in.ClientToken = w.token()
	made := must[fis.CreateExperimentTemplateResponse](w)(call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", &in)).ExperimentTemplate
	comesBack(w.t.(*testing.T), &in, made)
	if in.ExperimentOptions != nil && *made.ExperimentOptions.AccountTargeting == "multi-account" {
		return // its experiments need target accounts
	}
	for _, mode := range []string{"skip-all", "run-all"} {
		started := must[fis.StartExperimentResponse](w)(call[fis.StartExperimentResponse](w, "StartExperiment", &fis.StartExperimentRequest{
			ClientToken: w.token(), ExperimentTemplateId: made.Id, ExperimentOptions: &fis.StartExperimentExperimentOptionsInput{ActionsMode: &mode},
		})).Experiment
		w.clock.Advance(13 * time.Hour)
		e := w.get(started.Id)
		if !slices.Contains([]string{"completed", "failed", "stopped"}, *e.State.Status) {
			w.t.Errorf("%s: the experiment is %s: %s", mode, *e.State.Status, *e.State.Reason)
		}
		for name, a := range e.Actions {
			if of := *a.State.Status; of == "pending" || of == "running" || of == "stopping" || mode == "skip-all" && of == "completed" {
				w.t.Errorf("%s: action %s is %s", mode, name, of)
			}
		}
		if left := w.rules.List(); len(left) > 0 {
			w.t.Errorf("%s: rules are left: %v", mode, left)
		}
	}
}
