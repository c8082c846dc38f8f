package disk_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/disk"
)

const (
	crashFolder  = "BROWNOUT_TEST_CRASH_FOLDER" // set for the child only
	crashWriters = 4
	crashLines   = 400
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashFolder); dir != "" {
		if err := writeUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes numbered pairs of keys and prints each number once its update is acknowledged.
func writeUntilKilled(dir string) error {
	s, err := disk.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	errs := make(chan error)
	for writer := range crashWriters {
		go func() {
			for n := writer; ; n += crashWriters {
				if err := s.Update(context.Background(), [][]byte{crashKey("left", n)}, func(w store.Writer) error {
					return errors.Join(w.Set(crashKey("left", n), crashValue(n)), w.Set(crashKey("right", n), crashValue(n)))
				}); err != nil {
					errs <- err
					return
				}
				if _, err := fmt.Println(n); err != nil {
					errs <- err
					return
				}
			}
		}()
	}
	return <-errs
}

func crashKey(side string, n int) []byte { return fmt.Appendf(nil, "%s %09d", side, n) }

func crashValue(n int) []byte { return []byte(strings.Repeat(strconv.Itoa(n)+" ", 2000)) }

// TestAcknowledgedWritesSurviveKill: kill -9 in the middle of writing loses nothing that was acknowledged.
func TestAcknowledgedWritesSurviveKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	acknowledged := map[int]bool{}
	for range 2 { // the second child recovers what the first left, writes the same numbers again and is killed, too
		for _, n := range killedWriter(t, dir) {
			acknowledged[n] = true
		}
	}
	s := open(t, dir)
	var group sync.WaitGroup
	for _, side := range []string{"left", "right"} {
		group.Go(func() { wantPairs(t, s, side, acknowledged) })
	}
	group.Wait()
}

// killedWriter runs a child, kills it after some lines, and answers all numbers that it printed.
func killedWriter(t *testing.T, dir string) (printed []int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashFolder+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a last line without its end was not printed whole
		}
		n, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		if printed = append(printed, n); len(printed) == crashLines {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(printed) < crashLines {
		t.Fatalf("the child ended by itself after %d writes: %v", len(printed), err)
	}
	return printed
}

func wantPairs(t *testing.T, s store.Store, side string, acknowledged map[int]bool) {
	other := map[string]string{"left": "right", "right": "left"}[side]
	for n := range acknowledged {
		if got, err := s.Get(crashKey(side, n)); err != nil || string(got) != string(crashValue(n)) {
			t.Errorf("acknowledged write %d (%s): %d bytes, %v", n, side, len(got), err)
		}
	}
	if err := s.View(t.Context(), func(r store.Reader) error {
		return r.Scan(store.Prefix([]byte(side)), func(key, _ []byte) (bool, error) {
			if _, err := r.Get([]byte(other + strings.TrimPrefix(string(key), side))); err != nil {
				t.Errorf("%s is there without its other half: %v", key, err)
			}
			return true, nil
		})
	}); err != nil {
		t.Error(err)
	}
}
