package fault

// CleanStart takes out all rules that gone is true of, and their counters. When no rule is left, those
// that are put next get the ids and the seeds that the first rules of a new server get: a test that is
// run again meets the same draws.
func (r *Rules) CleanStart(gone func(Rule) bool) (removed int) {
	removed = r.RemoveFunc(gone)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if len(r.list) == 0 {
		r.seeded, r.named = 0, 0
	}
	return removed
}
