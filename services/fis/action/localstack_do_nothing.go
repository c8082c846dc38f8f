package action

import "context"

func init() {
	register(&Action{
		ID:          "localstack:do-nothing",
		Description: "Do nothing until the experiment is stopped.",
		Parameters:  map[string]Parameter{durationName: durationParameter},
		AlsoTakes:   map[string]string{AnyTarget: ""},
		Run:         func(ctx context.Context, run *Run) error { return run.Hold(ctx) },
	})
}
