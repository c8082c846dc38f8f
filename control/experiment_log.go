package control

import (
	"context"
	"net/http"
	"strconv"
)

// ExperimentLog are the entries of an experiment's log from a number on. ok is false when there is no such experiment.
type ExperimentLog func(ctx context.Context, id string, from int) (entries any, ok bool, err error)

// experimentLog answers GET /_brownout/experiments/ID/log: log records, events and what the engine has to
// say, the latest last. ?from=N leaves out those with a lower number.
func (c Config) experimentLog(w http.ResponseWriter, r *http.Request) {
	from := 0
	if text := r.URL.Query().Get("from"); text != "" {
		var err error
		if from, err = strconv.Atoi(text); err != nil || from < 0 {
			answer(w, http.StatusBadRequest, map[string]string{"message": "from is the number of an entry, from 0 on."})
			return
		}
	}
	id := r.PathValue("id")
	entries, ok, err := c.ExperimentLog(r.Context(), id, from)
	switch {
	case err != nil:
		answer(w, http.StatusInternalServerError, map[string]string{"message": err.Error()})
	case !ok:
		answer(w, http.StatusNotFound, map[string]string{"message": "There is no experiment " + strconv.Quote(id) + "."})
	default:
		answer(w, http.StatusOK, map[string]any{"entries": entries})
	}
}
