package control

import (
	"net/http"
	"slices"
)

// faultRules answers /_localstack/chaos/faults. Every method answers the whole array: GET as it is, POST
// after it took the array's place, PATCH after it was added, DELETE after what is equal to its elements
// was taken out.
func (c *chaos) faultRules(w http.ResponseWriter, r *http.Request) {
	var given []chaosFault
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		body, ok := readBody(w, r)
		if !ok {
			return
		}
		var err error
		if given, err = parseChaosFaults(body); err != nil {
			badRequest(w, err)
			return
		}
	}
	c.changing.Lock()
	defer c.changing.Unlock()
	now := c.list()
	switch r.Method {
	case http.MethodPost:
		c.put(w, given)
	case http.MethodPatch:
		for _, f := range given {
			if !slices.ContainsFunc(now, f.equals) { // the array holds each rule once
				now = append(now, f)
			}
		}
		c.put(w, now)
	case http.MethodDelete:
		c.put(w, slices.DeleteFunc(now, func(f chaosFault) bool { return slices.ContainsFunc(given, f.equals) }))
	default:
		c.answer(w, now)
	}
}
