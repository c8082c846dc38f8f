package dynamodb

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

// Run does what time brings, until ctx is done: it deletes expired items, trims streams, and replicates
// tables to other regions; and it creates and deletes indexes. Times are the movable clock's.
func (s *Service) Run(ctx context.Context) error {
	var work sync.WaitGroup
	for _, w := range []struct {
		what  string
		every func() time.Duration
		do    func(context.Context) error
	}{
		{"deleting expired items", func() time.Duration { return sweepEvery }, s.sweep},
		{"trimming streams", func() time.Duration { return trimEvery }, s.tendStreams},
		{"replication", s.replicateEvery, s.replicate},
		{"forgetting deleted items", func() time.Duration { return forgetEvery }, s.forget},
	} {
		work.Go(func() {
			for s.clock.Sleep(ctx, w.every()) == nil {
				// What fails, a full disk for one, is tried again the next time round.
				if err := w.do(ctx); err != nil && ctx.Err() == nil {
					s.log.Warn("dynamodb: "+w.what+" failed", "error", err)
				}
			}
		})
	}
	work.Go(func() { s.runBuilder(ctx) })
	work.Wait()
	return nil
}

// isNoTable tells whether an error only says that the table has gone.
func isNoTable(err error) bool {
	var e *aws.Error
	return errors.As(err, &e) && e.Code == codeNotFound
}
