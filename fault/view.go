package fault

import "encoding/json"

// View is how a service sees the rules that only it can carry out (stale reads, paused replication),
// for work that no single call triggers.
type View interface {
	// Active is the parameters of a rule of this kind in force for the resource.
	Active(kind, resource string) (parameters json.RawMessage, ok bool)
}

// NoFaults is a view without any.
type NoFaults struct{}

// Active implements View.
func (NoFaults) Active(string, string) (json.RawMessage, bool) { return nil, false }
