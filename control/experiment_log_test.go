package control_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/control"
)

func TestExperimentLog(t *testing.T) {
	t.Parallel()
	handler := control.New(control.Config{
		Health: func() control.Health { return control.Health{} },
		ExperimentLog: func(_ context.Context, id string, from int) (any, bool, error) {
			switch id {
			case "EXP1":
				return []int{0, 1, 2}[from:], true, nil
			case "EXPbroken":
				return nil, false, errors.New("the disk is gone")
			}
			return nil, false, nil
		},
	})
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"EXP1/log":         {200, `{"entries":[0,1,2]}`},
		"EXP1/log?from=2":  {200, `{"entries":[2]}`},
		"EXP1/log?from=-1": {400, "from is the number"},
		"EXP1/log?from=x":  {400, "from is the number"},
		"EXP2/log":         {404, `There is no experiment \"EXP2\".`},
		"EXPbroken/log":    {500, "the disk is gone"},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/_brownout/experiments/"+path, nil))
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.body) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}
