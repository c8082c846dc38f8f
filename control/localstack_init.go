package control

import (
	"net/http"
	"strings"
)

// initStages are LocalStack's, in order. Brownout has no scripts, so that each stage is over at once.
var initStages = []struct {
	name      string
	completed bool
}{{"BOOT", true}, {"START", true}, {"READY", true}, {"SHUTDOWN", false}}

// localStackInit answers GET /_localstack/init.
func localStackInit(w http.ResponseWriter, _ *http.Request) {
	completed := map[string]bool{}
	for _, stage := range initStages {
		completed[stage.name] = stage.completed
	}
	answer(w, http.StatusOK, map[string]any{"completed": completed, "scripts": []any{}})
}

// localStackInitStage answers GET /_localstack/init/{stage}, whatever the case of its letters.
func localStackInitStage(w http.ResponseWriter, r *http.Request) {
	for _, stage := range initStages {
		if strings.EqualFold(stage.name, r.PathValue("stage")) {
			answer(w, http.StatusOK, map[string]any{"completed": stage.completed, "scripts": []any{}})
			return
		}
	}
	plain(w, http.StatusNotFound, "no such stage "+r.PathValue("stage"))
}
