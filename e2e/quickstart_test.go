package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is commands of a page, and what they print.
type block struct {
	line         int
	commands     string
	expected     string
	hasExpected  bool
	expectedLine int
}

// The page writes these; here the server has another address and the binary is built already.
const (
	pageAddress = "127.0.0.1:4566"
	pageProgram = "go run ."
)

// The commands of docs/quickstart.md are run by one bash, in order, and print what the page says.
func TestQuickstart(t *testing.T) {
	t.Parallel()
	blocks := blocksOf(t, filepath.Join("..", "docs", "quickstart.md"))
	if len(blocks) < 5 || blocks[0].commands != pageProgram+" start\n" {
		t.Fatalf("the page has %d blocks of commands; the first must start the server", len(blocks))
	}
	s := start(t)
	blocks[0].want(t, s, s.stdout.String()+"\n")
	runBlocks(t, s, blocks[1:], nil)
}

// The commands of docs/upstreams.md, likewise, with moto behind the server.
func TestUpstreamsPage(t *testing.T) {
	t.Parallel()
	blocks := blocksOf(t, filepath.Join("..", "docs", "upstreams.md"))
	if len(blocks) < 4 || blocks[0].commands != "moto_server -p 5000\n" || blocks[1].commands != pageProgram+" start --upstream http://127.0.0.1:5000\n" {
		t.Fatalf("the page has %d blocks of commands; the first two must start moto and the server", len(blocks))
	}
	m := startMoto(t)
	runBlocks(t, start(t, "--upstream", m.URL), blocks[2:], []string{"127.0.0.1:5000", "127.0.0.1:" + m.port})
}

// runBlocks has one bash run the commands of all blocks in order. replacing is pairs of what the page writes and what is so here.
func runBlocks(t *testing.T, s *server, blocks []block, replacing []string) {
	t.Helper()
	folder := t.TempDir()
	replacing = append(replacing, pageProgram, program.brownout, pageAddress, s.name)
	var script strings.Builder
	for i, b := range blocks {
		fmt.Fprintf(&script, "{\n%s} >%d.out 2>&1\n", strings.NewReplacer(replacing...).Replace(b.commands), i)
	}
	home := environment(t, "", "BROWNOUT_URL="+s.URL, "PATH="+filepath.Dir(program.aws)+":"+os.Getenv("PATH"))
	command := exec.CommandContext(t.Context(), "bash")
	command.Dir, command.Env, command.Stdin = folder, home, strings.NewReader(script.String())
	if output, err := command.CombinedOutput(); err != nil || len(output) > 0 {
		t.Errorf("bash: %v\n%s", err, output)
	}
	for i, b := range blocks {
		printed, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("%d.out", i)))
		if err != nil {
			t.Fatal(err)
		}
		b.want(t, s, string(printed))
	}
}

// want compares what the commands have printed with the page; "..." stands for anything.
func (b block) want(t *testing.T, s *server, printed string) {
	t.Helper()
	if !b.hasExpected {
		if strings.Contains(strings.ToLower(printed), "error") {
			t.Errorf("line %d: the commands printed an error that the page does not show:\n%s", b.line, printed)
		}
		return
	}
	expected := regexp.QuoteMeta(strings.ReplaceAll(b.expected, pageAddress, s.name))
	// Before some errors the AWS CLI prints an empty line.
	pattern := `(?s)\A\s*` + strings.ReplaceAll(expected, `\.\.\.`, `.*`) + `\z`
	if !regexp.MustCompile(pattern).MatchString(printed) {
		t.Errorf("line %d: the commands printed\n%s\nline %d: but the page says\n%s", b.line, printed, b.expectedLine, b.expected)
	}
}

// blocksOf reads a page's ```sh blocks, each with the ```text block behind it, if there is one.
func blocksOf(t *testing.T, page string) (blocks []block) {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	kind := ""
	for i, line := range strings.SplitAfter(string(content), "\n") {
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		last := len(blocks) - 1
		switch {
		case isFence && kind != "":
			kind = ""
		case isFence && fence == "sh":
			kind = fence
			blocks = append(blocks, block{line: i + 2})
		case isFence && fence == "text":
			kind = fence
			if last < 0 || blocks[last].hasExpected {
				t.Fatalf("line %d: output without commands", i+1)
			}
			blocks[last].hasExpected, blocks[last].expectedLine = true, i+2
		case isFence:
			kind = "other"
		case kind == "sh":
			blocks[last].commands += line
		case kind == "text":
			blocks[last].expected += line
		}
	}
	return blocks
}
