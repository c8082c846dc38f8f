package fis

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/aws"
)

func TestFreezeAndThaw(t *testing.T) {
	t.Parallel()
	document := aws.Document{
		"text": "t", "truth": true, "none": nil, "int": int64(math.MaxInt64), "float": 1.5, "infinite": math.Inf(1), "bytes": []byte{0, 255},
		"time": time.Unix(1616434850, 659000000).UTC(), "list": []any{int64(1), aws.Document{"a": []byte("b")}}, "empty": aws.Document{},
		"confusing": aws.Document{"$": "int", "v": "x"}, "more confusing": aws.Document{"$": aws.Document{"$": int64(1)}},
	}
	thawed, err := thawDocument(encode(freeze(document)))
	if err != nil || !reflect.DeepEqual(thawed, document) {
		t.Errorf("%v, %#v", err, thawed)
	}
	if thawed, err := thawDocument(encode(freeze(aws.Document(nil)))); err != nil || thawed != nil {
		t.Errorf("nothing is %v, %v", thawed, err)
	}
	for _, text := range []string{`{`, `{"$":"what","v":"1"}`, `{"$":"int","v":"x"}`, `{"a":[{"$":"time","v":1}]}`} {
		if thawed, err := thawDocument([]byte(text)); err == nil {
			t.Errorf("%s is %v", text, thawed)
		}
	}
}
