package journal

import (
	"context"
	"slices"
)

// batch is how many calls Next answers at most.
const batch = 256

// Follower reads calls as they end. It reads from the ring itself: one that is slow keeps nobody
// waiting and takes no memory; it loses what the ring has lost, and is told how many calls that were.
type Follower struct {
	journal *Journal
	filter  Filter
	recent  []Record // answered first
	next    uint64   // the number of the record to read next
	wake    chan struct{}
}

// Follow answers, through Next, each call that ends from now on and that the filter lets through.
// Before them come the last calls: as many as the filter's Limit says, and none when it is 0. Close
// ends it.
func (j *Journal) Follow(filter Filter) *Follower {
	f := j.follow(filter)
	last := j.last.Load()
	if filter.Limit > 0 {
		f.recent = j.collect(filter, last)
	}
	f.next = last + 1
	return f
}

// FollowAfter is Follow for somebody who has seen the calls up to this Sequence: it begins right after
// them, as far as the ring still holds what came then.
func (j *Journal) FollowAfter(filter Filter, sequence uint64) *Follower {
	f := j.follow(filter)
	f.next = min(sequence, j.last.Load()) + 1 // a number of another server's journal can be ahead of ours
	return f
}

func (j *Journal) follow(filter Filter) *Follower {
	f := &Follower{journal: j, filter: filter, wake: make(chan struct{}, 1)}
	j.mutex.Lock()
	followers := append(slices.Clone(*j.followers.Load()), f)
	j.followers.Store(&followers)
	j.mutex.Unlock()
	return f
}

// Close ends following. The follower must not be used afterwards.
func (f *Follower) Close() {
	j := f.journal
	j.mutex.Lock()
	defer j.mutex.Unlock()
	followers := slices.DeleteFunc(slices.Clone(*j.followers.Load()), func(other *Follower) bool { return other == f })
	j.followers.Store(&followers)
}

// call wakes the follower, unless it was called already.
func (f *Follower) call() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Next waits until there is something to tell, or ctx is done; then it returns ctx's error. lost
// counts calls, of the filter or not, that left the ring before they could be read; they come before
// the calls answered. One goroutine at a time may use it.
func (f *Follower) Next(ctx context.Context) (calls []Record, lost uint64, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		if calls, lost = f.read(); len(calls) > 0 || lost > 0 {
			return calls, lost, nil
		}
		select {
		case <-f.wake:
		case <-ctx.Done():
		}
	}
}

// read answers what there is now.
func (f *Follower) read() (calls []Record, lost uint64) {
	if n := min(batch, len(f.recent)); n > 0 {
		calls, f.recent = f.recent[:n], f.recent[n:]
		return calls, 0
	}
	j := f.journal
	last := j.last.Load()
	f.next = max(f.next, j.forgot.Load()+1)
	if oldest := j.oldest(last); f.next < oldest {
		lost = oldest - f.next
		f.next = oldest
	}
	for ; f.next <= last && len(calls) < batch; f.next++ {
		r, what := j.slot(f.next).get(f.next)
		switch {
		case what == foundEarly:
			return calls, lost // whoever writes it will wake us
		case what == foundLate && len(calls) > 0:
			return calls, lost // the loss is told the next time, in its place
		case what == foundLate:
			lost++
		case f.filter.Matches(&r):
			calls = append(calls, r)
		}
	}
	return calls, lost
}
