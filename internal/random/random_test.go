package random

import (
	"regexp"
	"sync"
	"testing"
)

func TestForms(t *testing.T) {
	t.Parallel()
	s := New()
	for name, c := range map[string]struct {
		form string
		make func() string
	}{
		"long request id": {`^[0-9A-Z]{52}$`, s.LongRequestID},
		"base 62":         {`^[0-9A-Za-z]{14}$`, func() string { return s.Base62(14) }},
		"UUID":            {`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, s.UUID},
	} {
		form, seen := regexp.MustCompile(c.form), map[string]bool{}
		for range 1000 {
			id := c.make()
			if !form.MatchString(id) || seen[id] {
				t.Fatalf("%s: %q has not the form %s, or came twice", name, id, form)
			}
			seen[id] = true
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := New()
	var group sync.WaitGroup
	var seen sync.Map
	for range 8 {
		group.Go(func() {
			for range 500 {
				if id := s.UUID(); !first(&seen, id) {
					t.Errorf("%s came twice", id)
				}
			}
		})
	}
	group.Wait()
}

func first(seen *sync.Map, id string) bool {
	_, twice := seen.LoadOrStore(id, true)
	return !twice
}
