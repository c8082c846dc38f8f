package dynamodb

import "context"

// Tick does once what Run does again and again.
func (s *Service) Tick(ctx context.Context) error {
	for _, do := range []func(context.Context) error{s.sweep, s.tendStreams, s.replicate, s.forget} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}
