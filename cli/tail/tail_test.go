package tail

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/journal"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.Local)

func attempt(id string, n, most int, at time.Duration, status int, code string, owners ...string) journal.Record {
	r := journal.Record{
		At: noon.Add(at), Service: "dynamodb", Operation: "GetItem", Region: "us-east-1", Account: "000000000000",
		InvocationID: id, Attempt: n, MaxAttempts: most, Status: status, Code: code, Total: 2 * time.Millisecond,
	}
	for _, owner := range owners {
		r.Rules = append(r.Rules, journal.Hit{Owner: owner, Kind: "error"})
	}
	return r
}

// storm is ten attempts with the gaps of the AWS CLI v1 on DynamoDB.
func storm() (attempts []journal.Record) {
	at, gap := time.Duration(0), 50*time.Millisecond
	for n := range 10 {
		attempts = append(attempts, attempt("storm", n+1, 10, at, 503, "Service Unavailable", "EXP1/Test%20disruption"))
		if n > 0 {
			gap *= 2
		}
		at += gap
		if n == 0 {
			attempts[0].MaxAttempts = 0 // as SDKs do
		}
	}
	return attempts
}

func TestLines(t *testing.T) {
	t.Parallel()
	gone := attempt("gone", 1, 1, 0, 499, "")
	gone.ClientGone = true
	slow := attempt("slow", 1, 3, 0, 200, "", "cli")
	slow.Total, slow.Injected = 1002*time.Millisecond, time.Second
	other := attempt("", 0, 0, 0, 200, "")
	other.Account, other.Operation, other.Total = "111122223333", "", 350*time.Microsecond
	estimated := attempt("", 2, 0, 0, 503, "InternalError\x1b[2J")
	estimated.EstimatedAttempt = true
	for _, test := range []struct {
		attempts []journal.Record
		want     string
	}{
		{storm(), "12:00:00.000  dynamodb.GetItem us-east-1  10 attempts over 25.6s (0ms +50ms +100ms +200ms … +12.8s)  503 Service Unavailable ← EXP1/Test%20disruption  gave up"},
		{storm()[7:], "12:00:06.350  dynamodb.GetItem us-east-1  10 attempts over 19.2s (… +6.4s +12.8s)  503 Service Unavailable ← EXP1/Test%20disruption  gave up"},
		{storm()[:3], "12:00:00.000  dynamodb.GetItem us-east-1  3 attempts over 152ms (0ms +50ms +100ms)  503 Service Unavailable ← EXP1/Test%20disruption  attempt 3 of 10"},
		{[]journal.Record{attempt("a", 1, 3, 0, 200, "")}, "12:00:00.000  dynamodb.GetItem us-east-1  200  2ms"},
		{[]journal.Record{attempt("a", 1, 3, 0, 500, "InternalError", "cli"), attempt("a", 2, 3, time.Second, 500, "InternalError", "cli"), attempt("a", 3, 3, 3*time.Second, 200, "")},
			"12:00:00.000  dynamodb.GetItem us-east-1  3 attempts over 3s (0ms +1s +2s)  200 after 500 InternalError ×2 ← cli  recovered"},
		{[]journal.Record{attempt("a", 1, 3, 0, 400, "ValidationException")}, "12:00:00.000  dynamodb.GetItem us-east-1  400 ValidationException  2ms"},
		{[]journal.Record{attempt("a", 1, 3, 0, 400, "ThrottlingException")}, "12:00:00.000  dynamodb.GetItem us-east-1  400 ThrottlingException  2ms  attempt 1 of 3"},
		{[]journal.Record{attempt("a", 1, 1, 0, 0, "", "api")}, "12:00:00.000  dynamodb.GetItem us-east-1  no answer ← api  2ms"},
		{[]journal.Record{gone}, "12:00:00.000  dynamodb.GetItem us-east-1  client went away  2ms"},
		{[]journal.Record{slow}, "12:00:00.000  dynamodb.GetItem us-east-1  200 ← cli  1s (1s injected)"},
		{[]journal.Record{other}, "12:00:00.000  dynamodb.Unknown us-east-1 111122223333  200  0.35ms"},
		{[]journal.Record{estimated}, "12:00:00.000  dynamodb.GetItem us-east-1  2 attempts over 2ms (…)  503 InternalError?[2J (attempts estimated)"},
	} {
		var call Call
		for _, r := range test.attempts {
			call.add(r, noon)
		}
		if diff := cmp.Diff(test.want, call.text(noon, plain)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

// names of calls by how their lines begin and end.
func shown(calls []*Call, now time.Time) string {
	var names []string
	for _, c := range calls {
		names = append(names, fmt.Sprintf("%s:%d:%s", c.last.InvocationID, c.attempts(), c.word(c.end(now))))
	}
	return strings.Join(names, " ")
}

func TestCallsEndWhenTheyDo(t *testing.T) {
	t.Parallel()
	var calls Calls
	check := func(after time.Duration, ended, open string) {
		t.Helper()
		now := noon.Add(after)
		if got := shown(calls.Ended(now), now); got != ended {
			t.Errorf("ended after %v: %q, want %q", after, got, ended)
		}
		if got := shown(calls.Open(now), now); got != open {
			t.Errorf("open after %v: %q, want %q", after, got, open)
		}
	}
	calls.Add(attempt("a", 1, 3, 0, 503, "X"), noon)
	calls.Add(attempt("b", 1, 3, 0, 200, ""), noon)
	calls.Add(attempt("", 0, 0, 0, 503, "X"), noon)
	check(0, "b:1: :1:", "a:1:attempt 1 of 3")
	calls.Add(attempt("a", 2, 3, time.Second, 503, "X"), noon.Add(time.Second))
	check(time.Second, "", "a:2:attempt 2 of 3")
	calls.Add(attempt("a", 3, 3, 2*time.Second, 503, "X"), noon.Add(2*time.Second))
	check(2*time.Second, "a:3:gave up", "")
	check(time.Hour, "", "")

	calls.Add(attempt("c", 1, 0, 0, 503, "X"), noon)
	calls.Add(attempt("c", 2, 0, 4*time.Second, 503, "X"), noon.Add(4*time.Second))
	check(15*time.Second, "", "c:2:attempt 2")
	check(16*time.Second, "c:2:no further attempt", "")
	calls.Add(attempt("c", 3, 0, 20*time.Second, 200, ""), noon.Add(20*time.Second)) // but then one comes
	check(20*time.Second, "c:3:recovered", "")
}

func TestOnlyWantedCalls(t *testing.T) {
	t.Parallel()
	calls := Calls{Wanted: func(r *journal.Record) bool { return r.Status == 503 }}
	calls.Add(attempt("a", 1, 3, 0, 503, "X"), noon)
	calls.Add(attempt("b", 1, 3, 0, 200, ""), noon)
	calls.Add(attempt("a", 2, 3, 0, 200, ""), noon)
	if got := shown(calls.Ended(noon), noon); got != "a:2:recovered" {
		t.Errorf("%q: a call whose first attempt was wanted is shown with its end", got)
	}
}

func TestRecentCalls(t *testing.T) {
	t.Parallel()
	calls := Calls{Wanted: func(r *journal.Record) bool { return r.Status != 404 }}
	recent := append(storm(), attempt("a", 1, 3, time.Minute, 503, "X"), attempt("b", 1, 3, time.Hour, 200, ""),
		attempt("c", 1, 3, time.Hour, 404, "Y"), attempt("d", 1, 3, time.Hour, 503, "X"))
	calls.AddRecent(recent, 3, noon)
	if got, want := shown(calls.Ended(noon), noon), "a:1:no further attempt b:1:"; got != want {
		t.Errorf("ended: %q, want %q", got, want)
	}
	if got, want := shown(calls.Open(noon), noon), "d:1:attempt 1 of 3"; got != want {
		t.Errorf("open: %q, want %q", got, want)
	}
}

func TestCallsAreBounded(t *testing.T) {
	t.Parallel()
	var calls Calls
	for i := range 4000 {
		calls.Add(attempt(fmt.Sprint(i), 1, 3, 0, 503, "X"), noon) // none of them ends
		calls.Add(attempt(fmt.Sprint("ok", i), 1, 3, 0, 200, ""), noon)
		calls.Ended(noon)
	}
	if len(calls.calls) > 2*maxRemembered || len(calls.byID) > 2*maxRemembered {
		t.Errorf("%d calls and %d ids are remembered", len(calls.calls), len(calls.byID))
	}
}

func TestScreen(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{false, true} {
		var out strings.Builder
		screen := Screen{Out: &out, Terminal: terminal}
		var calls Calls
		expect := func(want string) {
			t.Helper()
			if got := out.String(); got != want {
				t.Errorf("terminal %v:\n got %q\nwant %q", terminal, got, want)
			}
			out.Reset()
		}
		show := func() {
			t.Helper()
			if err := screen.Show(&calls, noon); err != nil {
				t.Fatal(err)
			}
		}
		one := attempt("a", 1, 2, 0, 503, "X")
		calls.Add(one, noon)
		show()
		const live = "\x1b[?7l\x1b[2m12:00:00.000\x1b[0m  dynamodb.GetItem us-east-1  \x1b[31m503 X\x1b[0m  \x1b[2m2ms\x1b[0m  attempt 1 of 2\n\x1b[?7h"
		if terminal {
			expect(live)
		} else {
			expect("")
		}
		calls.Add(attempt("b", 1, 2, 0, 200, ""), noon)
		show()
		if terminal {
			expect("\r\x1b[1A\x1b[J\x1b[2m12:00:00.000\x1b[0m  dynamodb.GetItem us-east-1  \x1b[32m200\x1b[0m  \x1b[2m2ms\x1b[0m\n" + live)
		} else {
			expect("12:00:00.000  dynamodb.GetItem us-east-1  200  2ms\n")
		}
		show() // nothing has changed
		expect("")
		if err := screen.End(&calls, noon); err != nil {
			t.Fatal(err)
		}
		if terminal {
			expect("\r\x1b[1A\x1b[J\x1b[2m12:00:00.000\x1b[0m  dynamodb.GetItem us-east-1  \x1b[31m503 X\x1b[0m  \x1b[2m2ms\x1b[0m  attempt 1 of 2\n")
		} else {
			expect("12:00:00.000  dynamodb.GetItem us-east-1  503 X  2ms  attempt 1 of 2\n")
		}
	}
}
