package fis_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
	"github.com/brownoutdev/brownout/fault"
)

func TestLatencyAndErrorCompose(t *testing.T) {
	inWorld(t, func(w *world) {
		e := w.start(actions{
			"slow":   do("localstack:generic:latency", parameters{"service": "dynamodb", "region": "us-east-1", "latencyMilliseconds": "5000"}),
			"broken": do("localstack:generic:api-error", parameters{"service": "dynamodb"}),
		})
		c := &aws.Call{Service: "dynamodb", Operation: "GetItem", Region: "us-east-1", At: w.clock.Now()}
		var plan fault.Plan
		w.rules.Set().Match(c, &plan)
		if plan.Delay != 5*time.Second || plan.Before(context.Background(), c) == nil {
			t.Errorf("plan %+v", plan)
		}
		for _, other := range []*aws.Call{{Service: "s3", Region: "us-east-1"}, {Service: "dynamodb", Region: "us-west-2"}} {
			other.At = c.At
			var none fault.Plan
			if w.rules.Set().Match(other, &none); none.Hit() {
				t.Errorf("%v is hit", other)
			}
		}
		if p := e.Actions["slow"].Parameters; !reflect.DeepEqual(p, parameters{"service": "dynamodb", "region": "us-east-1", "latencyMilliseconds": "5000"}) {
			t.Errorf("parameters %v", p)
		}
		w.stop(e.Id)
	})
}
