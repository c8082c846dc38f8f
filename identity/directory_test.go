package identity

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/brownoutdev/brownout/clock"
)

func assumed(t *testing.T, key string) Principal {
	t.Helper()
	p, ok := AssumedRole(key, "arn:aws:iam::123456789012:role/team/Shop", "session", "AROAX")
	if !ok {
		t.Fatal("the role's ARN was not read")
	}
	return p
}

func TestAssumedRole(t *testing.T) {
	t.Parallel()
	p := assumed(t, "KEY")
	want := Principal{
		AccessKey: "KEY", Account: "123456789012", ARN: "arn:aws:sts::123456789012:assumed-role/Shop/session",
		Role: "arn:aws:iam::123456789012:role/team/Shop", Session: "session", ID: "AROAX:session",
	}
	if p != want {
		t.Errorf("got %+v, want %+v", p, want)
	}
	for _, arn := range []string{"", "Shop", "arn:aws:iam::123456789012:user/Shop", "arn:aws:iam::12345:role/Shop", "arn:aws:iam::123456789012:role/"} {
		if p, ok := AssumedRole("KEY", arn, "s", ""); ok {
			t.Errorf("%q is no role, but got %+v", arn, p)
		}
	}
}

func TestAccessKeysHoldTheirAccount(t *testing.T) {
	t.Parallel()
	for _, account := range []string{"000000000000", "000000000001", "123456789012", "999999999999", "609629065308"} {
		for _, random := range []uint64{0, 7, ^uint64(0)} {
			key := AccessKey("LSIA", account, random)
			if p := Of(key); len(key) != 20 || p.Account != account {
				t.Errorf("%s (%d): account %s, want %s", key, random, p.Account, account)
			}
		}
	}
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	now := clock.NewMovable()
	d := NewDirectory(now)
	if p := d.Of("123456789012"); p != (Principal{AccessKey: "123456789012", Account: "123456789012"}) {
		t.Errorf("an unknown key: %+v", p)
	}
	d.Learn(assumed(t, "A"), now.Now().Add(time.Hour))
	d.Learn(assumed(t, "B"), time.Time{})
	said := Principal{AccessKey: "S", Account: "999999999999", Role: "arn:aws:iam::999999999999:role/Said"}
	d.Say(said)
	d.Learn(assumed(t, "S"), time.Time{})
	if d.Of("A").Session != "session" || d.Of("B").Session != "session" {
		t.Error("what was learnt is not known")
	}
	if p := d.Of("S"); p != said {
		t.Errorf("what was learnt wins over what was said: %+v", p)
	}
	now.Advance(time.Hour)
	if p := d.Of("A"); p != Of("A") {
		t.Errorf("expired, but known: %+v", p)
	}
	d.Drop("S")
	d.Forget()
	if d.Of("B") != Of("B") || d.Of("S") != said {
		t.Error("Forget forgets what was learnt, and that alone")
	}
}

func TestDirectoryIsBounded(t *testing.T) {
	t.Parallel()
	d := NewDirectory(clock.NewMovable())
	d.limit = 160
	d.Say(Principal{AccessKey: "said", Account: "111111111111"})
	d.Learn(assumed(t, "used"), time.Time{})
	for i := range 2000 {
		d.Learn(assumed(t, fmt.Sprint("key-", i)), time.Time{})
		if d.Of("used").Role == "" {
			t.Fatalf("a key in use was dropped after %d others", i)
		}
	}
	if d.Of("said").Account != "111111111111" {
		t.Error("what was said was dropped")
	}
	if d.Of("key-1999").Role == "" || d.Of("key-0").Role != "" {
		t.Error("the wrong ones were dropped")
	}
	if n := len(d.entries); n > d.limit+1 {
		t.Errorf("%d entries, limit %d", n, d.limit)
	}
}

func TestAskingAllocatesNothing(t *testing.T) {
	d := NewDirectory(clock.NewMovable())
	d.Learn(assumed(t, "A"), time.Time{})
	for _, key := range []string{"A", "test", "123456789012"} {
		if n := testing.AllocsPerRun(100, func() { d.Of(key) }); n != 0 {
			t.Errorf("%s: %v allocations", key, n)
		}
	}
}

func TestDirectoryForManyAtOnce(t *testing.T) {
	t.Parallel()
	now := clock.NewMovable()
	d := NewDirectory(now)
	d.limit = 64
	var work sync.WaitGroup
	for worker := range 4 {
		work.Go(func() {
			for i := range 500 {
				key := fmt.Sprint("key-", (i*7+worker)%200)
				p, _ := AssumedRole(key, "arn:aws:iam::123456789012:role/Shop", key, "")
				d.Learn(p, now.Now().Add(time.Hour))
				if got := d.Of(key); got.Session != "" && got.Session != key {
					t.Errorf("%s is %s", key, got.Session)
				}
				if i%50 == 0 {
					d.Drop(key)
				}
			}
		})
	}
	work.Wait()
}
