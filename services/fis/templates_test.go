package fis_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/services/fis"
)

// TestRealTemplates: templates as people write them for AWS are taken as they stand, also strictly,
// come back as they were sent, and can be replaced by themselves.
func TestRealTemplates(t *testing.T) {
	files, err := filepath.Glob("testdata/templates/*.json")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var document any
			if err := json.Unmarshal(text, &document); err != nil {
				t.Fatal(err)
			}
			for _, m := range fis.Lint(document, true) {
				t.Errorf("%v: %s", m.Path, m.Message)
			}
			inWorld(t, func(w *world) {
				var in fis.CreateExperimentTemplateRequest
				if err := json.Unmarshal(text, &in); err != nil {
					t.Fatal(err)
				}
				in.ClientToken = w.token()
				made := must[fis.CreateExperimentTemplateResponse](w)(call[fis.CreateExperimentTemplateResponse](w, "CreateExperimentTemplate", &in)).ExperimentTemplate
				comesBack(t, &in, made)
				w.clock.Advance(time.Minute)
				var change fis.UpdateExperimentTemplateRequest
				if err := json.Unmarshal(text, &change); err != nil {
					t.Fatal(err)
				}
				change.Id = made.Id
				if change.ExperimentOptions != nil && change.ExperimentOptions.EmptyTargetResolutionMode == nil {
					change.ExperimentOptions = nil
				}
				changed := must[fis.UpdateExperimentTemplateResponse](w)(call[fis.UpdateExperimentTemplateResponse](w, "UpdateExperimentTemplate", &change)).ExperimentTemplate
				comesBack(t, &in, changed)
				if !changed.LastUpdateTime.After(*changed.CreationTime) || !changed.CreationTime.Equal(*made.CreationTime) {
					t.Errorf("times %v and %v", changed.CreationTime, changed.LastUpdateTime)
				}
				deleted := must[fis.DeleteExperimentTemplateResponse](w)(call[fis.DeleteExperimentTemplateResponse](w, "DeleteExperimentTemplate", &fis.DeleteExperimentTemplateRequest{Id: made.Id})).ExperimentTemplate
				if !same(deleted, changed) {
					t.Errorf("deleted %+v", deleted)
				}
			})
		})
	}
}

func comesBack(t *testing.T, in *fis.CreateExperimentTemplateRequest, got *fis.ExperimentTemplate) {
	t.Helper()
	for name, pair := range map[string][2]any{
		"description": {in.Description, got.Description}, "roleArn": {in.RoleArn, got.RoleArn},
		"targets": {in.Targets, got.Targets}, "actions": {in.Actions, got.Actions}, "stopConditions": {in.StopConditions, got.StopConditions},
		"logConfiguration":              {in.LogConfiguration, got.LogConfiguration},
		"experimentReportConfiguration": {in.ExperimentReportConfiguration, got.ExperimentReportConfiguration},
	} {
		if !same(pair[0], pair[1]) {
			t.Errorf("%s: sent %s, got %s", name, text(pair[0]), text(pair[1]))
		}
	}
	if len(in.Tags) > 0 && !same(in.Tags, got.Tags) {
		t.Errorf("tags %v", got.Tags)
	}
}

func text(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
