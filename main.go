// Command brownout is the AWS Fault Injection Service that runs anywhere: see `brownout --help`.
package main

import (
	"os"

	"github.com/brownoutdev/brownout/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}
