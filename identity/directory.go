package identity

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

// MaxLearnt is how many access keys a Directory remembers that it has learnt. Beyond it those go that
// have not been asked for the longest.
const MaxLearnt = 100_000

// Directory knows who is behind access keys. It is safe for concurrent use. The zero value is not for use.
type Directory struct {
	clock clock.Clock
	limit int
	// size is how many entries there are: a server whose callers are all unknown never takes the lock.
	size    atomic.Int64
	tick    atomic.Uint64
	mutex   sync.RWMutex
	entries map[string]*known
	said    int // entries that are never dropped
}

// known is one access key's entry. Only used changes once it is in the directory.
type known struct {
	principal Principal
	until     time.Time // zero: no end
	said      bool
	used      atomic.Uint64
}

// NewDirectory is a directory that knows nobody. The clock tells when what was learnt has expired.
func NewDirectory(c clock.Clock) *Directory {
	return &Directory{clock: c, limit: MaxLearnt, entries: map[string]*known{}}
}

// Of is the principal behind an access key id. A key that was neither said nor learnt, or has expired,
// is Of's: its account is all that is known. It allocates nothing for keys that hold no account in base 32.
func (d *Directory) Of(accessKey string) Principal {
	if d.size.Load() == 0 || accessKey == "" {
		return Of(accessKey)
	}
	d.mutex.RLock()
	k := d.entries[accessKey]
	d.mutex.RUnlock()
	if k == nil || k.expired(d.clock) {
		return Of(accessKey)
	}
	if tick := d.tick.Load(); k.used.Load() != tick {
		k.used.Store(tick)
	}
	return k.principal
}

func (k *known) expired(c clock.Clock) bool { return !k.until.IsZero() && !c.Now().Before(k.until) }

// Learn remembers who is behind p.AccessKey until then; the zero time is for keys that do not expire.
// What Say has said of the key stays.
func (d *Directory) Learn(p Principal, until time.Time) { d.put(&known{principal: p, until: until}) }

// Say sets who is behind p.AccessKey, whatever is learnt of it before or later.
func (d *Directory) Say(p Principal) { d.put(&known{principal: p, said: true}) }

func (d *Directory) put(k *known) {
	k.principal = k.principal.clone()
	key := k.principal.AccessKey
	if key == "" {
		return
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	k.used.Store(d.tick.Add(1))
	old := d.entries[key]
	if old != nil && old.said && !k.said {
		return
	}
	if k.said && (old == nil || !old.said) {
		d.said++
	}
	d.entries[key] = k
	if len(d.entries)-d.said > d.limit {
		d.drop()
	}
	d.size.Store(int64(len(d.entries)))
}

// clone is the principal in memory of its own: what is learnt must not keep the body of the call that it came with.
func (p Principal) clone() Principal {
	for _, text := range []*string{&p.AccessKey, &p.Account, &p.ARN, &p.Role, &p.Session, &p.ID} {
		*text = strings.Clone(*text)
	}
	return p
}

// drop makes room for a while: what has expired goes, then what has not been used the longest.
func (d *Directory) drop() {
	var oldest []*known
	for key, k := range d.entries {
		switch {
		case k.said:
		case k.expired(d.clock):
			delete(d.entries, key)
		default:
			oldest = append(oldest, k)
		}
	}
	room := d.limit - d.limit/16
	if len(oldest) <= room {
		return
	}
	// Numbers that move while they are sorted would be no order.
	used := make(map[*known]uint64, len(oldest))
	for _, k := range oldest {
		used[k] = k.used.Load()
	}
	slices.SortFunc(oldest, func(a, b *known) int {
		if used[a] < used[b] {
			return -1
		}
		return 1
	})
	for _, k := range oldest[:len(oldest)-room] {
		delete(d.entries, k.principal.AccessKey)
	}
}

// Drop forgets what was learnt of one access key.
func (d *Directory) Drop(accessKey string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if k := d.entries[accessKey]; k != nil && !k.said {
		delete(d.entries, accessKey)
		d.size.Store(int64(len(d.entries)))
	}
}

// Forget forgets all that was learnt; what was said stays.
func (d *Directory) Forget() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for key, k := range d.entries {
		if !k.said {
			delete(d.entries, key)
		}
	}
	d.size.Store(int64(len(d.entries)))
}
