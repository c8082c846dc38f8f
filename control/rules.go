package control

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/brownoutdev/brownout/fault"
)

// The owners of rules that come and go here.
const (
	OwnerCLI   = "cli"
	OwnerAPI   = "api"
	OwnerChaos = "chaos"
	OwnerEnv   = "env"
	OwnerFile  = "file"
)

// ours reports whether a rule of this owner may be changed through /_brownout/rules.
func ours(owner string) bool { return owner == OwnerCLI || owner == OwnerAPI }

// rules answers /_brownout/rules: the list of all rules, whoever made them.
type rules struct {
	*fault.Rules
	// changing is held from looking at the rules until they are changed.
	changing *sync.Mutex
	// run tells the versions of this server's list from those of an earlier one.
	run string
}

// shownRule is a rule as the API shows it.
type shownRule struct {
	fault.Status
	// Summary says in words what the rule does, Note what is worth knowing of it: that it has not hit.
	Summary string `json:"summary"`
	Note    string `json:"note,omitempty"`
}

// readOnly are the fields that are shown and not set: what was read may be sent back.
var readOnly = []string{"matched", "hits", "misses", "summary", "note", "made"}

func show(s fault.Status) shownRule {
	shown := shownRule{Status: s, Summary: s.Sentence()}
	switch {
	case s.Hits > 0:
	case s.Matched > 0:
		shown.Note = fmt.Sprintf("has never hit: its schedule let all %d matching calls pass", s.Matched)
	default:
		shown.Note = "has never hit: no call has matched it"
	}
	return shown
}

func showAll(list []fault.Status) []shownRule {
	shown := make([]shownRule, len(list))
	for i, s := range list {
		shown[i] = show(s)
	}
	return shown
}

// list answers GET /_brownout/rules. The ETag is that of the rules, not of their counters.
func (rs *rules) list(w http.ResponseWriter, _ *http.Request) {
	list, version := rs.Snapshot()
	w.Header().Set("ETag", rs.tag(version))
	answer(w, http.StatusOK, map[string]any{"rules": showAll(list)})
}

func (rs *rules) tag(version string) string { return `"` + rs.run + "-" + version + `"` }

// tagOf is the ETag of one rule.
func tagOf(rule fault.Rule) string {
	text, err := json.Marshal(rule)
	if err != nil {
		panic(err) // it was read from JSON, or made by us
	}
	sum := sha256.Sum256(text)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// get answers GET /_brownout/rules/{id}.
func (rs *rules) get(w http.ResponseWriter, r *http.Request) {
	status, ok := rs.Get(r.PathValue("id"))
	if !ok {
		rs.missing(w, r.PathValue("id"))
		return
	}
	w.Header().Set("ETag", tagOf(status.Rule))
	answer(w, http.StatusOK, show(status))
}

func (rs *rules) missing(w http.ResponseWriter, id string) {
	refuse(w, http.StatusNotFound, fieldError{ID: id, Field: "id", Message: fmt.Sprintf("there is no rule %q; it may have ended or been removed", id)})
}

// unmet reports whether a request's conditions do not hold for what has this ETag (empty: for what is
// not there), and answers so.
func unmet(w http.ResponseWriter, r *http.Request, tag string) bool {
	if wanted := r.Header.Values("If-Match"); len(wanted) > 0 && (tag == "" || !holds(wanted, tag)) {
		refuse(w, http.StatusPreconditionFailed, fieldError{Field: "If-Match", Message: "the rules have changed since they were read; read them again"})
		return true
	}
	if not := r.Header.Values("If-None-Match"); len(not) > 0 && tag != "" && holds(not, tag) {
		refuse(w, http.StatusPreconditionFailed, fieldError{Field: "If-None-Match", Message: "it is there already"})
		return true
	}
	return false
}

// holds reports whether a list of ETags, or "*", names this one.
func holds(lists []string, tag string) bool {
	return slices.ContainsFunc(lists, func(list string) bool {
		return slices.ContainsFunc(strings.Split(list, ","), func(one string) bool {
			one = strings.TrimSpace(one)
			return one == "*" || one == tag
		})
	})
}

// notOurs says whose rule it is and how it is changed.
func notOurs(status fault.Rule) fieldError {
	e := fieldError{ID: status.ID, Field: "owner"}
	switch owner := status.Owner; {
	case strings.Contains(owner, "/"):
		experiment, action, _ := strings.Cut(owner, "/")
		if name, err := url.PathUnescape(action); err == nil {
			action = name
		}
		e.Message = fmt.Sprintf("the rule %s belongs to the experiment %s (action %q); it goes when that ends: aws fis stop-experiment --id %s",
			status.ID, experiment, action, experiment)
	case owner == OwnerChaos:
		e.Message = fmt.Sprintf("the rule %s belongs to LocalStack's Chaos API; change it at /_localstack/chaos", status.ID)
	case owner == OwnerFile:
		e.Message = fmt.Sprintf("the rule %s stands in the rules file of the server; change the file and send the server SIGHUP", status.ID)
	case owner == OwnerEnv:
		e.Message = fmt.Sprintf("the rule %s comes from the server's environment (DYNAMODB_*_PROBABILITY); start the server without it", status.ID)
	default:
		e.Message = fmt.Sprintf("the rule %s belongs to %q, not to the command line or the API", status.ID, owner)
	}
	return e
}
