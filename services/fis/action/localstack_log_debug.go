package action

import "context"

func init() {
	register(&Action{
		ID:          "localstack:log-debug",
		Description: "Write a line to the log when the action starts and when it ends.",
		Parameters:  map[string]Parameter{durationName: durationParameter},
		AlsoTakes:   map[string]string{AnyTarget: ""},
		Run: func(ctx context.Context, run *Run) error {
			run.Log.Info("localstack:log-debug starts")
			defer run.Log.Info("localstack:log-debug ends")
			return run.Hold(ctx)
		},
	})
}
