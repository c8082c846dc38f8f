// Package e2e proves Brownout's story with the clients that people use: the AWS CLI, boto3 and the AWS
// SDK for Go v2, all against the real binary on a port of its own. It is a module of its own, so
// that no SDK stands in the product's go.mod.
package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is where the binary and its clients are.
var program struct{ brownout, aws, python string }

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "brownout-e2e-")
	if err != nil {
		return complain(err)
	}
	defer os.RemoveAll(folder)
	if err := find(folder); err != nil {
		return complain(err)
	}
	return m.Run()
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, "e2e:", err)
	return 1
}

// find builds the binary, and looks for the AWS CLI that `make e2e` installs (BROWNOUT_E2E_AWS names
// another one; its folder holds the Python with boto3, too).
func find(folder string) (err error) {
	root, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	program.aws = os.Getenv("BROWNOUT_E2E_AWS")
	if program.aws == "" {
		program.aws = filepath.Join(root, ".build", "venv", "bin", "aws")
	}
	program.python = filepath.Join(filepath.Dir(program.aws), "python")
	for _, path := range []string{program.aws, program.python} {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("%w; run these tests with 'make e2e', which installs the AWS CLI and boto3, or name an AWS CLI in BROWNOUT_E2E_AWS", err)
		}
	}
	program.brownout = filepath.Join(folder, "brownout")
	build := exec.Command("go", "build", "-o", program.brownout, ".")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		return errors.Join(err, errors.New(string(output)))
	}
	return nil
}
