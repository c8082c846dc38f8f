package fis_test

import (
	"context"
	"testing"

	"github.com/brownoutdev/brownout/services/fis"
)

func TestResetEndsAndForgetsEverything(t *testing.T) {
	inWorld(t, func(w *world) {
		first := must[fis.CreateExperimentTemplateResponse](w)(call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", storyTemplate("a"))).ExperimentTemplate
		w.startTemplate(first.Id)
		elsewhere := must[fis.CreateExperimentTemplateResponse](w)(callIn[fis.CreateExperimentTemplateResponse](w, "123456789012", "eu-west-1", "CreateExperimentTemplate", storyTemplate("a"))).ExperimentTemplate
		must[fis.StartExperimentResponse](w)(callIn[fis.StartExperimentResponse](w, "123456789012", "eu-west-1", "StartExperiment",
			&fis.StartExperimentRequest{ClientToken: new("b"), ExperimentTemplateId: elsewhere.Id}))
		if rules := w.rules.List(); len(rules) != 2 {
			t.Fatalf("%d rules before the reset, want 2", len(rules))
		}

		if err := w.bound.Reset(context.Background()); err != nil {
			t.Fatal(err)
		}
		if rules := w.rules.List(); len(rules) != 0 {
			t.Errorf("rules are left: %v", rules)
		}
		for _, kind := range []string{"fis/experiments/", "fis/templates/", "fis/active/", "fis/tokens/"} {
			if left, _, err := w.state.List(context.Background(), kind); err != nil || len(left) > 0 {
				t.Errorf("%s: %d keys are left, %v", kind, len(left), err)
			}
		}

		again := must[fis.CreateExperimentTemplateResponse](w)(call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", storyTemplate("a"))).ExperimentTemplate
		if *again.Id == *first.Id {
			t.Error("the client token is still known")
		}
		w.startTemplate(again.Id)
		if rules := w.rules.List(); len(rules) != 1 {
			t.Errorf("%d rules after a new start, want 1", len(rules))
		}
	})
}

func TestResetGivesUpWithItsCaller(t *testing.T) {
	inWorld(t, func(w *world) {
		first := must[fis.CreateExperimentTemplateResponse](w)(call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", storyTemplate("a"))).ExperimentTemplate
		w.startTemplate(first.Id)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := w.bound.Reset(ctx); err == nil {
			t.Error("done, although its caller has gone")
		}
	})
}
