package gateway

import (
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/brownoutdev/brownout/clock"
)

func TestAttemptsAreBoundedAndForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts()
		for key := range uint64(mostAttempts + 5) {
			a.ended(key+1, 1, true)
		}
		if n := len(a.known); n != mostAttempts || a.order.Len() != n {
			t.Errorf("%d are remembered, want %d", n, mostAttempts)
		}
		if a.next(1) != 1 || a.next(6) != 2 {
			t.Errorf("the oldest should be forgotten: %d, %d", a.next(1), a.next(6))
		}
		a.ended(6, 2, true)
		if a.next(6) != 3 {
			t.Errorf("a third attempt is numbered %d", a.next(6))
		}
		a.ended(6, 3, false)
		if a.next(6) != 1 {
			t.Errorf("after a success comes attempt %d", a.next(6))
		}
		_ = clock.Real{}.Sleep(t.Context(), attemptsApart)
		if a.next(7) != 1 {
			t.Errorf("long after a failure comes attempt %d", a.next(7))
		}
		a.clear()
		if len(a.known) != 0 || a.order.Len() != 0 {
			t.Error("clear left something")
		}
	})
}

func TestIdenticalRequests(t *testing.T) {
	t.Parallel()
	a := newAttempts()
	key := func(target, body string) uint64 {
		x := &exchange{r: httptest.NewRequest("POST", target, nil), body: []byte(body)}
		x.call.Service, x.call.Operation = "s3", "GetObject"
		return a.key(x)
	}
	one := key("http://h/b/k?versionId=1&X-Amz-Date=1&X-Amz-Signature=aa", "x")
	if one != key("http://h/b/k?versionId=1&X-Amz-Date=2&X-Amz-Signature=bb", "x") {
		t.Error("a new signature makes another request")
	}
	for _, other := range []uint64{key("http://h/b/k?versionId=2&X-Amz-Date=1&X-Amz-Signature=aa", "x"), key("http://h/b/k2?versionId=1&X-Amz-Signature=a", "x"), key("http://h/b/k?versionId=1&X-Amz-Signature=aa", "y")} {
		if other == one {
			t.Error("another request has the same key")
		}
	}
}
