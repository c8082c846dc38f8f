package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Reset is one thing that can be given a clean start: Name is how it is chosen.
type Reset struct {
	Name string
	Do   func(ctx context.Context) error
}

// What POST /_brownout/reset can choose.
const (
	ResetExperiments = "experiments"
	ResetRules       = "rules"
	ResetData        = "data"
	ResetJournal     = "journal"
)

// reset answers POST /_brownout/reset: everything, or what ?what=data,rules or {"data": true} chooses.
// It is done in the order of Config.Resets; the first that fails ends it, and the answer says which.
func (c Config) reset(w http.ResponseWriter, r *http.Request) {
	chosen, ok := c.chosenResets(w, r)
	if !ok {
		return
	}
	c.perform(w, r, chosen)
}

// resetState answers POST /_localstack/state/reset: what services keep goes, here and in a LocalStack behind us; faults stay.
func (c Config) resetState(w http.ResponseWriter, r *http.Request) {
	done, ok := c.carryOut(w, r, []string{ResetExperiments, ResetData})
	if !ok {
		return
	}
	shown := map[string][]string{"reset": done}
	if c.ResetUpstream != nil {
		switch url, passed, err := c.ResetUpstream(r, ""); {
		case err != nil:
			answer(w, http.StatusBadGateway, map[string]any{"errors": []fieldError{{Field: url, Message: err.Error()}}, "reset": done})
			return
		case passed:
			shown["reset"] = append(done, url)
		case url != "":
			shown["not_reset"] = []string{url}
		}
	}
	answer(w, http.StatusOK, shown)
}

// resetServiceState answers POST /_localstack/state/{service}/reset.
func (c Config) resetServiceState(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("service")
	if _, known := c.Health().Services[name]; known && c.ResetService != nil {
		if err := c.ResetService(r.Context(), name); err != nil {
			answer(w, http.StatusInternalServerError, map[string]string{"message": err.Error()})
			return
		}
		answer(w, http.StatusOK, map[string][]string{"reset": {name}})
		return
	}
	message := fmt.Sprintf("Brownout does not serve %q itself.", name)
	if c.ResetUpstream != nil {
		switch url, passed, err := c.ResetUpstream(r, name); {
		case err != nil:
			answer(w, http.StatusBadGateway, map[string]string{"message": err.Error()})
			return
		case passed:
			answer(w, http.StatusOK, map[string][]string{"reset": {name}})
			return
		case url != "":
			message = fmt.Sprintf("Brownout does not serve %q itself, and its upstream %s is not LocalStack.", name, url)
		}
	}
	answer(w, http.StatusNotFound, map[string]string{"message": message})
}

func (c Config) perform(w http.ResponseWriter, r *http.Request, chosen []string) {
	if done, ok := c.carryOut(w, r, chosen); ok {
		answer(w, http.StatusOK, map[string][]string{"reset": done})
	}
}

// carryOut does what is chosen; when that fails, it has answered.
func (c Config) carryOut(w http.ResponseWriter, r *http.Request, chosen []string) (done []string, ok bool) {
	done = []string{}
	for _, reset := range c.Resets {
		if !slices.Contains(chosen, reset.Name) {
			continue
		}
		if err := reset.Do(r.Context()); err != nil {
			answer(w, http.StatusInternalServerError, map[string]any{
				"errors": []fieldError{{Field: reset.Name, Message: err.Error()}}, "reset": done,
			})
			return done, false
		}
		done = append(done, reset.Name)
	}
	return done, true
}

// chosenResets is what a request chooses; everything when it says nothing. When it cannot be meant, it
// has answered why.
func (c Config) chosenResets(w http.ResponseWriter, r *http.Request) (chosen []string, ok bool) {
	body, ok := readBody(w, r)
	if !ok {
		return nil, false
	}
	var wanted map[string]bool
	if len(body) > 0 {
		if err := json.Unmarshal(body, &wanted); err != nil {
			refuse(w, http.StatusBadRequest, fieldError{Message: `the body is not an object such as {"data": true, "rules": true}`})
			return nil, false
		}
	}
	for name, yes := range wanted {
		if !c.knowsReset(w, name) {
			return nil, false
		}
		if yes {
			chosen = append(chosen, name)
		}
	}
	given := len(wanted) > 0
	for _, list := range r.URL.Query()["what"] {
		given = true
		for name := range strings.SplitSeq(list, ",") {
			if !c.knowsReset(w, name) {
				return nil, false
			}
			chosen = append(chosen, name)
		}
	}
	switch {
	case !given:
		return c.resetNames(), true
	case len(chosen) == 0:
		refuse(w, http.StatusBadRequest, fieldError{Message: "nothing is chosen; choose some of " + strings.Join(c.resetNames(), ", ") + ", or say nothing for all"})
		return nil, false
	}
	return chosen, true
}

func (c Config) resetNames() []string {
	names := make([]string, len(c.Resets))
	for i, reset := range c.Resets {
		names[i] = reset.Name
	}
	return names
}

// knowsReset answers the request when there is no such thing.
func (c Config) knowsReset(w http.ResponseWriter, name string) bool {
	known := c.resetNames()
	if slices.Contains(known, name) {
		return true
	}
	refuse(w, http.StatusBadRequest, fieldError{Field: name, Message: fmt.Sprintf("there is nothing called %q to reset; there are %s", name, strings.Join(known, ", "))})
	return false
}
