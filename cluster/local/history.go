package local

import (
	"sort"
	"strings"
	"sync"

	"github.com/brownoutdev/brownout/cluster"
)

const (
	historyEvents = 4096
	historyBytes  = 16 << 20
)

// history is the recent changes, from which watchers read at their own pace.
type history struct {
	mutex   sync.Mutex
	events  []cluster.Event // by revision; a revision's events are kept together
	bytes   int             // of their keys and values
	floor   int64           // changes up to this revision are forgotten
	last    int64           // revision of the newest change
	changed chan struct{}   // closed, and made anew, at each change
}

func newHistory(revision int64) *history {
	return &history{floor: revision, last: revision, changed: make(chan struct{})}
}

// add appends one revision's events, forgetting the oldest where there are too many.
func (h *history) add(events []cluster.Event, revision int64) {
	if len(events) == 0 {
		return
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for _, event := range events {
		h.bytes += size(event)
	}
	h.events = append(h.events, events...)
	h.last = revision
	drop := 0
	for drop < len(h.events) && (len(h.events)-drop > historyEvents || h.bytes > historyBytes || h.events[drop].Entry.Revision == h.floor) {
		h.floor = h.events[drop].Entry.Revision
		h.bytes -= size(h.events[drop])
		h.events[drop] = cluster.Event{}
		drop++
	}
	h.events = h.events[drop:]
	h.wake()
}

// forget leaves nothing up to this revision, so that every watcher behind it has to list again.
func (h *history) forget(revision int64) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.events, h.bytes, h.floor, h.last = nil, 0, revision, revision
	h.wake()
}

func (h *history) wake() {
	close(h.changed)
	h.changed = make(chan struct{})
}

// since answers the changes below prefix after a revision, up to which revision that is, and what to
// wait for. ok is false when some of them are forgotten.
func (h *history) since(after int64, prefix string) (events []cluster.Event, seen int64, changed <-chan struct{}, ok bool) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if after < h.floor {
		return nil, 0, nil, false
	}
	first := sort.Search(len(h.events), func(i int) bool { return h.events[i].Entry.Revision > after })
	for _, event := range h.events[first:] {
		if strings.HasPrefix(event.Entry.Key, prefix) {
			events = append(events, event)
		}
	}
	return events, max(after, h.last), h.changed, true
}

func size(event cluster.Event) int { return len(event.Entry.Key) + len(event.Entry.Value) }
