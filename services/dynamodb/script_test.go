package dynamodb_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb"
)

var rewrite = flag.Bool("rewrite", false, "write what the scripts in testdata answer into them")

// TestScripts runs the scripts in testdata on every kind of store. A script is paragraphs of
//
//	Operation {"input": "JSON"}
//	answer, or status and error
//
// and of directives: "restart", "region NAME", "account NUMBER", "build" (finish the work on indexes),
// "advance DURATION" (the clock, and what time brings). $SHARD, $ITERATOR, $BACKUP and $REVISION stand for
// the last ones answered. A line that begins with # is a
// comment; one that begins with a blank goes on with the line before. Scripts whose name begins with
// classic_ run with the Classic wording, those that begin with capacity_ keep tables to their capacity. Run with -rewrite, then read the difference.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			wording := dynamodb.Current
			if strings.HasPrefix(name, "classic_") {
				wording = dynamodb.Classic
			}
			for kind, open := range stores(t) {
				t.Run(kind, func(t *testing.T) {
					s := start(t, open, wording)
					if strings.HasPrefix(name, "capacity_") {
						s.enforce = true
						s.bind()
					}
					written := runScript(s, string(text))
					if *rewrite && kind == "memory" {
						if err := os.WriteFile(file, []byte(written), 0o644); err != nil {
							t.Fatal(err)
						}
					}
				})
			}
		})
	}
}

// runScript answers the script with what it answered.
func runScript(s *server, text string) string {
	s.t.Helper()
	var out strings.Builder
	for i, paragraph := range strings.Split(strings.TrimRight(text, "\n"), "\n\n") {
		if i > 0 {
			out.WriteString("\n")
		}
		out.WriteString(runParagraph(s, strings.Split(strings.Trim(paragraph, "\n"), "\n")))
	}
	return out.String()
}

func runParagraph(s *server, lines []string) string {
	s.t.Helper()
	var written strings.Builder
	keep := func() {
		written.WriteString(lines[0] + "\n")
		lines = lines[1:]
	}
	for len(lines) > 0 {
		command := lines[0]
		keep()
		if strings.HasPrefix(command, "#") {
			continue
		}
		for len(lines) > 0 && strings.HasPrefix(lines[0], " ") {
			command += lines[0]
			keep()
		}
		word, rest, _ := strings.Cut(command, " ")
		switch word {
		case "restart":
			s.restart()
		case "build":
			if err := s.made.BuildIndexes(context.Background()); err != nil {
				s.t.Error(err)
			}
		case "advance":
			s.advance(rest)
		case "region":
			s.region = rest
		case "account":
			s.account = rest
		default:
			got := s.known.hide(shown(s.call(word, s.known.fill(rest))))
			if want := strings.Join(lines, "\n"); got != want && !*rewrite {
				s.t.Errorf("%s\n got %s\nwant %s", command, got, want)
			}
			written.WriteString(got + "\n")
			return written.String()
		}
	}
	return written.String()
}
