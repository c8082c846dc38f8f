package fault_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/fault"
)

// TestRefusedRules: what cannot work is refused with the field and what would do.
func TestRefusedRules(t *testing.T) {
	t.Parallel()
	ok := `"effect":{"kind":"throttle"}`
	for text, want := range map[string]string{
		`{"match":{"service":"dynmodb"},` + ok + `}`:                                                   `match.service: "dynmodb" is not a known service; did you mean dynamodb`,
		`{"match":{"service":["s3","xyzzyzzy"]},` + ok + `}`:                                           `match.service[1]: "xyzzyzzy" is not a known service`,
		`{"match":{"service":"nothing*"},` + ok + `}`:                                                  `match.service: "nothing*" matches none`,
		`{"match":{"service":"dynamodb","operation":"GetItme"},` + ok + `}`:                            `match.operation: dynamodb has no operation "GetItme"; did you mean GetItem`,
		`{"match":{"service":"dynamodb","operation":"getitem"},` + ok + `}`:                            `did you mean GetItem`,
		`{"match":{"service":"dynamodb","operation":"PutObject"},` + ok + `}`:                          `match.operation: dynamodb has no operation "PutObject"`,
		`{"match":{"service":["s3","sqs"],"operation":["GetObject","SendMesage"]},` + ok + `}`:         `match.operation[1]: s3 or sqs has no operation "SendMesage"; did you mean SendMessage`,
		`{"match":{"service":"dynamodb","operation":"Grab*"},` + ok + `}`:                              `match.operation: "Grab*" matches no operation of dynamodb`,
		`{"match":{"operation":"PutItm"},` + ok + `}`:                                                  `match.operation: any service has no operation "PutItm"; did you mean PutItem`,
		`{"match":{"service":"s3","operation":"all"},` + ok + `}`:                                      `leave the field out`,
		`{"match":{"region":"us east"},` + ok + `}`:                                                    `match.region: "us east" is not the name of a region`,
		`{"match":{"account":"123"},` + ok + `}`:                                                       `match.account: "123" is not an account of 12 digits`,
		`{"match":{"caller":""},` + ok + `}`:                                                           `match.caller: must not be empty`,
		`{"match":{"header":{"Authorization":"*"}},` + ok + `}`:                                        `match.header.Authorization: holds a secret`,
		`{"match":{"except":{}},` + ok + `}`:                                                           `match.except: excepts all calls`,
		`{"match":{"except":{"except":{"service":"s3"}}},` + ok + `}`:                                  `match.except.except: an exception`,
		`{"match":{"except":{"service":"dynmodb"}},` + ok + `}`:                                        `match.except.service: "dynmodb"`,
		`{"match":{"servce":"s3"},` + ok + `}`:                                                         `match.servce: "servce" is not a known field; did you mean service?`,
		`{"mach":{},` + ok + `}`:                                                                       `mach: "mach" is not a known field; did you mean match?`,
		`{"match":{"service":7},` + ok + `}`:                                                           `match.service: 7 is neither a name nor a list of names`,
		`{"match":[],` + ok + `}`:                                                                      `match: [] is not an object`,
		`[]`:                                                                                           `: [] is not an object`,
		`{"match":{},"when":{"share":"30%"},` + ok + `}`:                                               `when.share: "30%" is not a number`,
		`{"match":{},"when":{"share":100.5},` + ok + `}`:                                               `when.share: 100.5 is not a percentage from 0 to 100`,
		`{"match":{},"when":{"first":1.5},` + ok + `}`:                                                 `when.first: 1.5 is not a whole number`,
		`{"match":{},"when":{"first":-1},` + ok + `}`:                                                  `when.first: -1 is negative`,
		`{"match":{},"when":{"first":2,"every":3},` + ok + `}`:                                         `when.every: each 3rd call cannot be hit`,
		`{"match":{},"when":{"attempts":"2-1"},` + ok + `}`:                                            `when.attempts: "2-1" is not a range`,
		`{"match":{},"when":{"attempts":"0"},` + ok + `}`:                                              `when.attempts: "0" is not`,
		`{"match":{},"when":{"for":"soon"},` + ok + `}`:                                                `when.for: "soon" is not a duration such as "5s"`,
		`{"match":{},"when":{"for":"-5s"},` + ok + `}`:                                                 `when.for: -5s is negative`,
		`{"match":{},"when":{"start":"2030-01-01T00:00:00Z","end":"2029-01-01T00:00:00Z"},` + ok + `}`: `when.end: 2029-01-01T00:00:00Z is not after start`,
		`{"match":{},"when":{"flap":{"on":"5s"}},` + ok + `}`:                                          `when.flap.off: must be a duration`,
		`{"match":{},"when":{"flap":{"on":"5s","of":"5s"}},` + ok + `}`:                                `when.flap.of: "of" is not a known field`,
		`{"match":{},"effect":{"kind":"throtle"}}`:                                                     `effect.kind: "throtle" is not a known kind of effect; did you mean throttle`,
		`{"match":{},"effect":{"kind":"throttle","code":"X"}}`:                                         `effect.code: "code" is not a known parameter`,
		`{"match":{}}`: `effect: nothing is not an object with a kind`,
		`{"match":{},"effect":{"kind":"error","code":"X","status":"500"}}`:                `effect.status: "500" is not a whole number`,
		`{"match":{},"effect":{"kind":"error","code":"X","statsu":500}}`:                  `effect.statsu: "statsu" is not a known parameter; did you mean status?`,
		`{"match":{},"effect":{"kind":"delay"}}`:                                          `effect.duration: give one of`,
		`{"match":{},"effect":{"kind":"delay","duration":1,"min":2}}`:                     `effect.duration: give one of`,
		`{"match":{},"effect":{"kind":"delay","min":"2s"}}`:                               `effect.max: is missing`,
		`{"match":{},"effect":{"kind":"delay","min":"2s","max":"1s"}}`:                    `effect.max: 1s is less than min, 2s`,
		`{"match":{},"effect":{"kind":"delay","mean":"25h","deviation":0}}`:               `effect.mean: 25h0m0s is longer than 24h0m0s`,
		`{"match":{},"effect":{"kind":"delay","duration":1,"phase":"during"}}`:            `effect.phase: "during" is neither`,
		`{"match":{},"effect":{"kind":"truncate","after_bytes":-1}}`:                      `effect.after_bytes: -1 is negative`,
		`{"match":{},"effect":{"kind":"reset","after_bytes":"x"}}`:                        `effect.after_bytes: "x" is not a whole number`,
		`{"match":{},"effect":{"kind":"slow-body"}}`:                                      `effect.bytes_per_second: 0 is not`,
		`{"match":{},"effect":{"kind":"corrupt","bytes":0}}`:                              `effect.bytes: 0 is not`,
		`{"match":{},"effect":{"kind":"rate-limit","per_second":0}}`:                      `effect.per_second: 0 is not`,
		`{"match":{},"effect":{"kind":"after-commit","error":{"code":"X","status":200}}}`: `effect.error.status: 200 is not`,
		`{"match":{},"effect":{"kind":"after-commit","delay":"-1s"}}`:                     `effect.delay: -1s is negative`,
		`{"match":{"service":"s3"},"effect":{"kind":"own"}}`:                              `match.service: own is carried out by dynamodb itself`,
		`{"match":{},"effect":{"kind":"own"}}`:                                            `match.service: own is carried out by dynamodb itself`,
		`{"match":{"service":["dynamodb","s3"]},"effect":{"kind":"own"}}`:                 `match.service: own is carried out by dynamodb itself`,
		`{"match":{"service":"dynamo*"},"effect":{"kind":"own"}}`:                         `match.service: own is carried out by dynamodb itself`,
		`{"match":{"service":"dynamodb"},"effect":{"kind":"own","shar":1}}`:               `effect.shar: "shar" is not a known parameter; did you mean share?`,
	} {
		rules := fault.NewRules(clock.Real{}, 1)
		rules.Register("dynamodb", map[string]fault.Parse{"own": parseOwn})
		rule, err := fault.ParseRule([]byte(text))
		if err == nil {
			err = rules.Put(parse(t, `{"match":{},`+ok+`}`)[0], rule)
		}
		var e *fault.RuleError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		} else if e.Index > 1 {
			t.Errorf("%s: index %d", text, e.Index)
		}
		if n := len(rules.List()); n != 0 {
			t.Errorf("%s: %d rules are in force after a refusal, want none", text, n)
		}
	}
}

func TestParseRules(t *testing.T) {
	t.Parallel()
	one := `{"match":{"service":"s3"},"effect":{"kind":"throttle"}}`
	for text, want := range map[string]int{one: 1, "[" + one + "," + one + "]": 2, `{"rules":[` + one + `]}`: 1, `[]`: 0, `{"rules":[]}`: 0} {
		rules, err := fault.ParseRules([]byte(text))
		if err != nil || len(rules) != want {
			t.Errorf("%s: %d rules, %v", text, len(rules), err)
		}
	}
	for text, want := range map[string]string{"": "not JSON", "[": "not JSON", "[" + one + `,{"effct":{}}]`: `effct: "effct" is not a known field`, "7": "not JSON"} {
		_, err := fault.ParseRules([]byte(text))
		var e *fault.RuleError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), want) || strings.Contains(text, "effct") && e.Index != 1 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"match":{"service":"dynamodb"},"effect":{"kind":"error","code":"DynamoDbException","status":500}}`:                  `effect.code: dynamodb does not model`,
		`{"match":{"service":"dynamodb"},"effect":{"kind":"error","code":"ConditionalCheckFailedExcepton","status":400}}`:     `it does model ConditionalCheckFailedException`,
		`{"match":{"service":"dynamodb"},"effect":{"kind":"error","code":"ConditionalCheckFailedException","status":400}}`:    ``,
		`{"match":{"service":"dynamodb"},"effect":{"kind":"error","code":"ServiceUnavailable","status":503}}`:                 ``,
		`{"match":{"service":"s3"},"effect":{"kind":"error","code":"BucketAlreadyOwned","status":409}}`:                       ``,
		`{"match":{"service":"sqs"},"effect":{"kind":"error","code":"AWS.SimpleQueueService.NonExistentQueue","status":400}}`: ``,
		`{"match":{},"effect":{"kind":"error","code":"Anything","status":500}}`:                                               ``,
		`{"match":{"service":"sqs"},"effect":{"kind":"after-commit","error":{"code":"Bang","status":500}}}`:                   `effect.error.code: sqs does not model an error "Bang"`,
		`{"match":{},"when":{"share":0},"effect":{"kind":"throttle"}}`:                                                        `when.share: 0 means never`,
		`{"match":{},"when":{"share":0.3},"effect":{"kind":"throttle"}}`:                                                      `when.share: 0.3 is a percentage: 3 calls of 1,000`,
		`{"match":{},"when":{"end":"2020-01-01T00:00:00Z"},"effect":{"kind":"throttle"}}`:                                     `when.end: 2020-01-01T00:00:00Z has passed`,
	} {
		rules := fault.NewRules(clock.Real{}, 1)
		rule := parse(t, text)[0]
		checked, err := rules.Check(rule)
		_, warnings, err2 := rules.PutChecked(rule)
		got := ""
		for _, w := range warnings {
			got += w.Field + ": " + w.Message
		}
		if err != nil || err2 != nil || want == "" && got != "" || !strings.Contains(got, want) || len(checked) != len(warnings) {
			t.Errorf("%s\n got %q %v %v\nwant %q", text, got, err, err2, want)
		}
	}
}
