package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
)

// moto is a running moto server: an upstream that knows most services.
type moto struct {
	URL, port string

	t       *testing.T
	command *exec.Cmd
	ended   chan struct{}
}

var motoListens = regexp.MustCompile(`Running on (http://127\.0\.0\.1:(\d+))`)

// startMoto starts a server on a free port, and waits until it listens. It is killed when the test ends.
func startMoto(t *testing.T) *moto {
	t.Helper()
	m := &moto{t: t, port: "0"}
	m.start()
	t.Cleanup(func() { m.kill() })
	return m
}

// start starts it, the second time on the same port, with nothing of what it held.
func (m *moto) start() {
	m.t.Helper()
	m.command = exec.Command(program.python, filepath.Join(filepath.Dir(program.python), "moto_server"), "-H", "127.0.0.1", "-p", m.port)
	m.command.Env = environment(m.t, "")
	stderr, err := m.command.StderrPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := m.command.Start(); err != nil {
		m.t.Fatal(err)
	}
	log := newLines()
	m.ended = make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() { log.read(stderr) })
	command, ended := m.command, m.ended
	go func() {
		reading.Wait()
		_ = command.Wait() // it is killed
		close(ended)
	}()
	deadline := time.After(patience)
	for {
		seen, changed := log.all()
		for _, line := range seen {
			if found := motoListens.FindStringSubmatch(line); found != nil {
				m.URL, m.port = found[1], found[2]
				return
			}
		}
		select {
		case <-changed:
		case <-ended:
			m.t.Fatalf("moto ended before it listened:\n%s", log)
		case <-deadline:
			m.t.Fatalf("moto did not listen within %v:\n%s", patience, log)
		}
	}
}

// kill ends it at once.
func (m *moto) kill() {
	_ = m.command.Process.Kill() // it may have ended
	<-m.ended
}

// play runs a script of testdata against a server.
func play(t *testing.T, s *server, script string, arguments ...string) {
	t.Helper()
	r := execute(t, environment(t, s.URL), program.python, append([]string{"testdata/" + script}, arguments...)...)
	if r.code != 0 {
		t.Fatalf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	t.Log(fmt.Sprint(r.stdout))
}
