package action

import "context"

func init() {
	carryOut("aws:fis:wait", nil, func(ctx context.Context, run *Run) error { return run.Hold(ctx) })
}
