package control

import (
	"net/http"

	"github.com/brownoutdev/brownout/fault"
)

// remove answers DELETE /_brownout/rules/{id}.
func (rs *rules) remove(w http.ResponseWriter, r *http.Request) {
	rs.changing.Lock()
	defer rs.changing.Unlock()
	id := r.PathValue("id")
	old, exists := rs.Get(id)
	switch {
	case !exists:
		rs.missing(w, id)
	case !ours(old.Owner):
		refuse(w, http.StatusConflict, notOurs(old.Rule))
	case !unmet(w, r, tagOf(old.Rule)):
		rs.RemoveID(id)
		answer(w, http.StatusOK, removed{1})
	}
}

// removed is the answer to requests that remove rules.
type removed struct {
	Removed int `json:"removed"`
}

// clear answers DELETE /_brownout/rules: all rules of the command line and the API go.
func (rs *rules) clear(w http.ResponseWriter, r *http.Request) {
	rs.changing.Lock()
	defer rs.changing.Unlock()
	if _, version := rs.Snapshot(); unmet(w, r, rs.tag(version)) {
		return
	}
	answer(w, http.StatusOK, removed{rs.RemoveFunc(func(rule fault.Rule) bool { return ours(rule.Owner) })})
}
