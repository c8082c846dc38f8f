package action

import "context"

func init() {
	register(&Action{
		ID:          "aws:fis:wait",
		Description: "Wait for the specified duration. Stop condition monitoring will continue during this time.",
		Parameters:  map[string]Parameter{durationName: {Description: "How long to wait, as an ISO 8601 duration from PT1S to PT12H.", Required: true}},
		Check:       checkDuration,
		Run:         func(ctx context.Context, run *Run) error { return run.Hold(ctx) },
	})
}
