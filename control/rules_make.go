package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"

	"github.com/brownoutdev/brownout/fault"
)

// made is the answer to requests that make rules.
type made struct {
	Rules    []shownRule     `json:"rules"`
	Warnings []fault.Warning `json:"warnings"`
}

// idForm is what ids of rules made here look like: they are parts of paths and words of command lines.
var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// schemaID is a path of its own below /_brownout/rules.
const schemaID = "schema"

// add answers POST /_brownout/rules: one rule, or {"rules": [...]}, of which all are made or none.
func (rs *rules) add(w http.ResponseWriter, r *http.Request) {
	list, ok := rs.read(w, r, "")
	if !ok {
		return
	}
	rs.changing.Lock()
	defer rs.changing.Unlock()
	if _, version := rs.Snapshot(); unmet(w, r, rs.tag(version)) {
		return
	}
	for i, rule := range list {
		old, exists := rs.Get(rule.ID)
		switch {
		case rule.ID == "" || !exists:
		case !ours(old.Owner):
			refuse(w, http.StatusConflict, notOurs(old.Rule))
			return
		default:
			refuse(w, http.StatusConflict, fieldError{Index: &i, ID: rule.ID, Field: "id",
				Message: fmt.Sprintf("there is a rule %q already; PUT /_brownout/rules/%s replaces it", rule.ID, rule.ID)})
			return
		}
	}
	rs.put(w, http.StatusCreated, nil, list)
}

// replaceAll answers PUT /_brownout/rules: these rules in the place of all that the command line and
// the API have made. Rules that keep their ids keep their counters.
func (rs *rules) replaceAll(w http.ResponseWriter, r *http.Request) {
	list, ok := rs.read(w, r, "")
	if !ok {
		return
	}
	rs.changing.Lock()
	defer rs.changing.Unlock()
	if _, version := rs.Snapshot(); unmet(w, r, rs.tag(version)) {
		return
	}
	for _, rule := range list {
		if old, exists := rs.Get(rule.ID); exists && !ours(old.Owner) {
			refuse(w, http.StatusConflict, notOurs(old.Rule))
			return
		}
	}
	rs.put(w, http.StatusOK, func(old fault.Rule) bool { return ours(old.Owner) }, list)
}

// replaceOne answers PUT /_brownout/rules/{id}: the rule is made, or replaced where it stands.
func (rs *rules) replaceOne(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if old, exists := rs.Get(id); exists && !ours(old.Owner) {
		refuse(w, http.StatusConflict, notOurs(old.Rule))
		return
	}
	list, ok := rs.read(w, r, id)
	if !ok {
		return
	}
	rs.changing.Lock()
	defer rs.changing.Unlock()
	status, tag := http.StatusCreated, ""
	if old, exists := rs.Get(id); exists {
		if !ours(old.Owner) {
			refuse(w, http.StatusConflict, notOurs(old.Rule))
			return
		}
		status, tag = http.StatusOK, tagOf(old.Rule)
	}
	if unmet(w, r, tag) {
		return
	}
	rs.put(w, status, nil, list)
}

// put answers the rules as they are in force. changing is held.
func (rs *rules) put(w http.ResponseWriter, status int, old func(fault.Rule) bool, list []fault.Rule) {
	put, warnings, err := rs.Replace(old, list...)
	if err != nil {
		refuseRule(w, err)
		return
	}
	if warnings == nil {
		warnings = []fault.Warning{}
	}
	_, version := rs.Snapshot()
	w.Header().Set("ETag", rs.tag(version))
	answer(w, status, made{showAll(put), warnings})
}

// read reads the rules of a request and gives them their owner: the API, or with ?owner=cli the command
// line. With an id it is the rule of that id. When it cannot, it has answered why.
func (rs *rules) read(w http.ResponseWriter, r *http.Request, id string) (list []fault.Rule, ok bool) {
	owner := OwnerAPI
	if given := r.URL.Query().Get("owner"); given != "" {
		if owner = given; !ours(owner) {
			refuse(w, http.StatusBadRequest, fieldError{Field: "owner", Message: fmt.Sprintf("%q is neither cli nor api", owner)})
			return nil, false
		}
	}
	body, ok := readBody(w, r)
	if !ok {
		return nil, false
	}
	list, err := fault.ParseRules(withoutReadOnly(body))
	if err != nil {
		refuseRule(w, err)
		return nil, false
	}
	if id != "" && len(list) != 1 {
		refuse(w, http.StatusBadRequest, fieldError{Message: fmt.Sprintf("%d rules were sent, but this path is one rule's", len(list))})
		return nil, false
	}
	for i := range list {
		rule := &list[i]
		wrong := fieldError{Index: &i, ID: rule.ID}
		switch {
		case id != "" && rule.ID != "" && rule.ID != id:
			wrong.Field, wrong.Message = "id", fmt.Sprintf("%q is not the id of the path, %q", rule.ID, id)
		case rule.Owner != "" && !ours(rule.Owner):
			wrong.Field, wrong.Message = "owner", fmt.Sprintf("%q is neither cli nor api; leave it out", rule.Owner)
		case rule.Group != "":
			wrong.Field, wrong.Message = "group", "only LocalStack's Chaos API has groups of rules: /_localstack/chaos/faults"
		default:
			if id != "" {
				rule.ID = id
			}
			if rule.ID == "" || idForm.MatchString(rule.ID) && rule.ID != schemaID {
				if rule.Owner == "" {
					rule.Owner = owner
				}
				continue
			}
			wrong.Field, wrong.Message = "id", fmt.Sprintf("%q is no id: 1 to 128 of A-Z a-z 0-9 . _ -, a letter or digit first, and not %q", rule.ID, schemaID)
		}
		refuse(w, http.StatusBadRequest, wrong)
		return nil, false
	}
	return list, true
}

// withoutReadOnly drops from rules what GET shows and nobody sets, so that what was read can be sent
// back. What is no JSON, or of another form, is left for the parser to refuse.
func withoutReadOnly(body []byte) []byte {
	var decoded any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // seeds keep their digits
	if decoder.Decode(&decoded) != nil || decoder.More() {
		return body
	}
	list := []any{decoded}
	if object, ok := decoded.(map[string]any); ok && object["rules"] != nil {
		list = []any{object["rules"]}
	}
	changed := false
	for len(list) > 0 {
		next := list[0]
		list = list[1:]
		switch next := next.(type) {
		case []any:
			list = append(list, next...)
		case map[string]any:
			for _, field := range readOnly {
				if _, present := next[field]; present {
					delete(next, field)
					changed = true
				}
			}
		}
	}
	if !changed {
		return body
	}
	text, err := json.Marshal(decoded)
	if err != nil {
		return body
	}
	return text
}
