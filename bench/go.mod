module github.com/brownoutdev/brownout/bench

go 1.26
