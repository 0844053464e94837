// rig-k3s is one binary that holds every Kubernetes component and looks like k3s from outside: `k3s server` and
// `k3s agent` are the long-running process of a node, `k3s kubectl` is its client, `k3s --version` tells its version.
//
// Each component runs as a child process made from this same file, because two upstream commands in one process panic
// when the second asks for the signal handler. A child that dies takes the whole service down, so that systemd starts
// it anew, as with k3s itself.
package main

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	"k8s.io/component-base/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// One constructor per component; only the one that is asked for is called.
var components = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllermanager.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":                 kubelet.NewKubeletCommand,
	"kube-proxy":              proxy.NewProxyCommand,
	"kubectl":                 kubectl.NewDefaultKubectlCommand,
}

func main() {
	if run, ok := components[filepath.Base(os.Args[0])]; ok {
		runComponent(run)
	}
	if len(os.Args) < 2 {
		fail("usage: k3s server|agent [--components DIR] | COMPONENT|kubectl ARGUMENTS... | --version")
	}
	word := os.Args[1]
	if run, ok := components[word]; ok {
		os.Args = os.Args[1:]
		runComponent(run)
	}
	switch word {
	case "server", "agent":
		supervise(word, os.Args[2:])
	case "--version", "-v":
		v := version.Get()
		fmt.Printf("k3s version %s (%.8s)\ngo version %s\n", v.GitVersion, v.GitCommit, runtime.Version())
	default:
		fail("k3s has no command " + word)
	}
}

// runComponent does not return.
func runComponent(newCommand func() *cobra.Command) {
	rand.Seed(time.Now().UnixNano())
	command := newCommand()
	logs.InitLogs()
	err := command.Execute()
	logs.FlushLogs()
	if err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
