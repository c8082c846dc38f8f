package journal

import (
	"encoding/binary"
	"math"
	"sync"
	"time"
	"unicode/utf8"
)

// What one record may hold, so that no client and no rule decides how much memory the journal takes.
const (
	maxString = 256  // bytes of one string; longer ones are cut
	maxText   = 4096 // bytes of all strings of a record; what does not fit is left out, rules with a count
)

// slot is a place of the ring. It keeps a record without pointers: all strings stand one behind the
// other in text, whose memory the next record takes over.
type slot struct {
	mutex    sync.Mutex
	sequence uint64 // 0: never filled
	text     []byte

	at, bytesIn, bytesOut             int64
	total, injected, work, upstream   time.Duration
	status, attempt, maxAttempts      int32
	rules, moreRules, others          uint16
	injectedError, estimated, hasGone bool
}

// set fills the slot, unless a later record has overtaken this one by a whole round of the ring.
func (s *slot) set(sequence uint64, r *Record) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.sequence > sequence {
		return
	}
	s.sequence = sequence
	s.at, s.bytesIn, s.bytesOut = r.At.UnixNano(), r.BytesIn, r.BytesOut
	s.total, s.injected, s.work, s.upstream = r.Total, r.Injected, r.Work, r.Upstream
	s.status, s.attempt, s.maxAttempts = clamp(r.Status), clamp(r.Attempt), clamp(r.MaxAttempts)
	s.injectedError, s.estimated, s.hasGone = r.InjectedError, r.EstimatedAttempt, r.ClientGone

	text := s.text[:0]
	if need := r.textSize(); cap(text) < need {
		text = make([]byte, 0, max(need, 192)) // 192: what a call without faults needs
	}
	for _, part := range [...]string{r.ID, r.Service, r.Operation, r.Region, r.Account, r.AccessKey, r.Caller, r.Code, r.InvocationID} {
		text = appendString(text, part)
	}
	s.rules, s.others = 0, 0
	for i := range r.Rules {
		hit := &r.Rules[i]
		if len(text)+size(hit.ID)+size(hit.Owner)+size(hit.Kind) > maxText {
			break
		}
		text = appendString(appendString(appendString(text, hit.ID), hit.Owner), hit.Kind)
		s.rules++
	}
	s.moreRules = uint16(min(r.MoreRules+len(r.Rules)-int(s.rules), math.MaxUint16))
	for _, other := range r.Others {
		if len(text)+size(other) > maxText {
			break
		}
		text = appendString(text, other)
		s.others++
	}
	s.text = text
}

// found says what a slot holds in place of the record that was asked for.
type found int

const (
	foundIt    found = iota
	foundEarly       // an older record: the one asked for is on its way
	foundLate        // a newer record: the one asked for is gone
)

// get answers the record of this number, with strings of its own.
func (s *slot) get(sequence uint64) (r Record, what found) {
	s.mutex.Lock()
	if s.sequence != sequence {
		defer s.mutex.Unlock()
		if s.sequence < sequence {
			return r, foundEarly
		}
		return r, foundLate
	}
	text := string(s.text)
	r = Record{
		Sequence: sequence, At: time.Unix(0, s.at).UTC(), BytesIn: s.bytesIn, BytesOut: s.bytesOut,
		Total: s.total, Injected: s.injected, Work: s.work, Upstream: s.upstream,
		Status: int(s.status), Attempt: int(s.attempt), MaxAttempts: int(s.maxAttempts),
		InjectedError: s.injectedError, EstimatedAttempt: s.estimated, ClientGone: s.hasGone, MoreRules: int(s.moreRules),
	}
	rules, others := int(s.rules), int(s.others)
	s.mutex.Unlock()

	for _, part := range [...]*string{&r.ID, &r.Service, &r.Operation, &r.Region, &r.Account, &r.AccessKey, &r.Caller, &r.Code, &r.InvocationID} {
		*part, text = nextString(text)
	}
	if rules > 0 {
		r.Rules = make([]Hit, rules)
		for i := range r.Rules {
			hit := &r.Rules[i]
			hit.ID, text = nextString(text)
			hit.Owner, text = nextString(text)
			hit.Kind, text = nextString(text)
		}
	}
	if others > 0 {
		r.Others = make([]string, others)
		for i := range r.Others {
			r.Others[i], text = nextString(text)
		}
	}
	return r, foundIt
}

// textSize is how many bytes the record's strings take in a slot.
func (r *Record) textSize() int {
	n := size(r.ID) + size(r.Service) + size(r.Operation) + size(r.Region) + size(r.Account) + size(r.AccessKey) +
		size(r.Caller) + size(r.Code) + size(r.InvocationID)
	for i := range r.Rules {
		n += size(r.Rules[i].ID) + size(r.Rules[i].Owner) + size(r.Rules[i].Kind)
	}
	for _, other := range r.Others {
		n += size(other)
	}
	return min(n, maxText)
}

func clamp(n int) int32 { return int32(min(max(n, math.MinInt32), math.MaxInt32)) }

// size is how many bytes appendString adds at most.
func size(s string) int { return 2 + min(len(s), maxString) }

func appendString(text []byte, s string) []byte {
	if len(s) > maxString {
		n := maxString
		for n > maxString-utf8.UTFMax && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return append(binary.LittleEndian.AppendUint16(text, uint16(len(s))), s...)
}

func nextString(text string) (s, rest string) {
	n := int(text[0]) | int(text[1])<<8
	return text[2 : 2+n], text[2+n:]
}
