package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/brownoutdev/brownout/control"
	"github.com/brownoutdev/brownout/fault"
)

// RulesFileError says what is wrong with the rules file: which rule and which field, where Cause is a
// *fault.RuleError.
type RulesFileError struct {
	File  string
	Cause error
}

// Error implements error.
func (e *RulesFileError) Error() string {
	var wrong *fault.RuleError
	if !errors.As(e.Cause, &wrong) {
		return fmt.Sprintf("the rules file %s: %v", e.File, e.Cause)
	}
	which := fmt.Sprintf("rule %d", wrong.Index+1)
	if wrong.ID != "" && !strings.HasPrefix(wrong.ID, control.OwnerFile+"-") {
		which += fmt.Sprintf(" (%s)", wrong.ID)
	}
	return fmt.Sprintf("the rules file %s: %s: %v", e.File, which, wrong)
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *RulesFileError) Unwrap() error { return e.Cause }

// startRules puts the rules of Config and of RulesFile into force, before the first call comes.
func (s *Server) startRules() error {
	s.ruling.Lock()
	defer s.ruling.Unlock()
	if err := s.rules.Put(s.config.Rules...); err != nil {
		return fmt.Errorf("rules to start with: %w", err)
	}
	if s.config.RulesFile == "" {
		return nil
	}
	list, err := readRules(s.config.RulesFile)
	if err != nil {
		return err
	}
	return s.putFile(list)
}

// ReloadRules reads RulesFile again. Rules that stand in it as before go on as they are; what is new
// comes and what is gone goes, in one step. When the file cannot be read or a rule is wrong
// (*RulesFileError), everything stays as it was. It is nil when there is no such file.
func (s *Server) ReloadRules() error {
	if s.config.RulesFile == "" {
		return nil
	}
	s.ruling.Lock()
	defer s.ruling.Unlock()
	list, err := readRules(s.config.RulesFile)
	if err != nil {
		return err
	}
	return s.putFile(list)
}

// putFile puts the file's rules in the place of those that it had before. ruling is held.
func (s *Server) putFile(list []fault.Rule) error {
	put := make([]fault.Rule, len(list))
	copy(put, list)
	for i := range put {
		old, exists := s.rules.Get(put[i].ID)
		switch {
		case exists && old.Owner != control.OwnerFile:
			return &RulesFileError{s.config.RulesFile, &fault.RuleError{Index: i, ID: put[i].ID, Field: "id", Message: fmt.Sprintf("%q is the id of a rule of %s", put[i].ID, old.Owner)}}
		case exists:
			put[i].Made = old.Made // its time goes on
		}
	}
	_, warnings, err := s.rules.Replace(func(r fault.Rule) bool { return r.Owner == control.OwnerFile }, put...)
	if err != nil {
		return &RulesFileError{s.config.RulesFile, err}
	}
	for _, w := range warnings {
		s.config.Log.Warn("A rule of the rules file may not do what it is meant to.", "file", s.config.RulesFile, "rule", w.Index+1, "field", w.Field, "warning", w.Message)
	}
	s.file = list
	return nil
}

// readRules reads a file of rules: one, an array, or {"rules": [...]}. A rule without an id gets one
// from what it says, so that it is known again wherever it stands.
func readRules(path string) ([]fault.Rule, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, &RulesFileError{path, err}
	}
	list, err := fault.ParseRules(text)
	if err != nil {
		return nil, &RulesFileError{path, err}
	}
	given := map[string]int{}
	for i := range list {
		r := &list[i]
		if r.Owner != "" && r.Owner != control.OwnerFile {
			return nil, &RulesFileError{path, &fault.RuleError{Index: i, ID: r.ID, Field: "owner", Message: fmt.Sprintf("is %q; rules of a file are the file's: leave it out", r.Owner)}}
		}
		r.Owner = control.OwnerFile
		if r.ID != "" {
			continue
		}
		canonical, err := json.Marshal(r)
		if err != nil {
			return nil, &RulesFileError{path, err}
		}
		sum := sha256.Sum256(canonical)
		id := control.OwnerFile + "-" + hex.EncodeToString(sum[:4])
		if given[id]++; given[id] > 1 {
			id += "-" + strconv.Itoa(given[id])
		}
		r.ID = id
	}
	return list, nil
}

// resetRules takes out all rules but those of experiments, and puts those that the server started with
// into force anew, their counters at zero.
func (s *Server) resetRules(context.Context) error {
	s.ruling.Lock()
	defer s.ruling.Unlock()
	s.gateway.ForgetAttempts()
	s.rules.CleanStart(func(r fault.Rule) bool { return !strings.Contains(r.Owner, "/") })
	if err := s.rules.Put(s.config.Rules...); err != nil {
		return err
	}
	if s.config.RulesFile == "" {
		return nil
	}
	return s.putFile(s.file)
}

// resets are what POST /_brownout/reset can choose, in order: what runs ends first.
func (s *Server) resets() []control.Reset {
	return []control.Reset{
		{Name: control.ResetExperiments, Do: s.resetServices(true)},
		{Name: control.ResetRules, Do: s.resetRules},
		{Name: control.ResetData, Do: s.resetData},
		{Name: control.ResetJournal, Do: func(context.Context) error { s.journal.Reset(); return nil }},
	}
}

// resetData resets all services but FIS, and forgets who callers are.
func (s *Server) resetData(ctx context.Context) error {
	if err := s.resetServices(false)(ctx); err != nil {
		return err
	}
	s.identities.Forget()
	return nil
}

// resetServices resets the service whose data are experiments, or all others.
func (s *Server) resetServices(experiments bool) func(context.Context) error {
	return func(ctx context.Context) error {
		return s.resetEach(ctx, func(name string) bool { return (name == fault.ControlService) == experiments })
	}
}

// resetService resets one service.
func (s *Server) resetService(ctx context.Context, name string) error {
	return s.resetEach(ctx, func(n string) bool { return n == name })
}

func (s *Server) resetEach(ctx context.Context, chosen func(name string) bool) error {
	for _, service := range s.parts.services {
		if service.Reset == nil || !chosen(service.Name) {
			continue
		}
		if err := service.Reset(ctx); err != nil {
			return fmt.Errorf("%s: %w", service.Name, err)
		}
	}
	return nil
}
