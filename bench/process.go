package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// contender is a server to measure.
type contender struct {
	name    string
	command []string // it prints "Listening on http://HOST:PORT" when it listens
}

// process is a running contender.
type process struct {
	command *exec.Cmd
	address string
	ended   chan struct{}
	// startup is the time from its start to its first answer.
	startup time.Duration
}

// start starts a contender and waits for its first answer.
func (c contender) start(ctx context.Context) (*process, error) {
	p := &process{command: exec.CommandContext(ctx, c.command[0], c.command[1:]...), ended: make(chan struct{})}
	p.command.Stderr = os.Stderr
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	lines := make(chan string, 1)
	go func() {
		scanner := bufio.NewScanner(stdout)
		for scanner.Scan() {
			if address, ok := strings.CutPrefix(scanner.Text(), "Listening on http://"); ok {
				lines <- address
			}
		}
		_ = p.command.Wait() // it is killed in the end
		close(p.ended)
	}()
	select {
	case p.address = <-lines:
	case <-p.ended:
		return nil, fmt.Errorf("%s ended at once: %v", c.name, p.command.ProcessState)
	}
	err = p.firstAnswer(ctx)
	p.startup = time.Since(began)
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// firstAnswer tries for a while: nginx says where it will listen before it does.
func (p *process) firstAnswer(ctx context.Context) error {
	c, err := dial(ctx, p.address)
	for end := time.Now().Add(patience); errors.Is(err, syscall.ECONNREFUSED) && time.Now().Before(end); {
		wait(ctx, time.Millisecond)
		c, err = dial(ctx, p.address)
	}
	if err != nil {
		return err
	}
	return errors.Join(c.call("ListTables", []byte("{}")), c.close())
}

func (p *process) stop() error {
	err := p.command.Process.Kill()
	<-p.ended
	return err
}

// cpu is the user and system time that the process has used, in ticks of 10 ms.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The name in parentheses may hold blanks; behind it come the third field and all others.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/PID/stat has %d fields", len(fields)+2)
	}
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, err
}

// memory is the resident memory of the process in bytes.
func (p *process) memory() (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.Atoi(strings.Fields(value)[0])
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("/proc/PID/status has no VmRSS")
}
