// rig-kubeadm is one binary that holds kubeadm and kubectl, and the rig's stand-ins for what Debian does not have: crictl
// and the cluster's DNS server. The name under which it is called says which of them it is.
package main

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/logs"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app/cmd"
	kubeadmutil "k8s.io/kubernetes/cmd/kubeadm/app/util"
)

var programs = map[string]func() error{
	"kubeadm": runKubeadm,
	"kubectl": runKubectl,
	"crictl":  runCrictl,
	"coredns": runClusterDNS,
}

func main() {
	name := filepath.Base(os.Args[0])
	run, ok := programs[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "rig-kubeadm has no program %q: call it as kubeadm, kubectl, crictl or coredns\n", name)
		os.Exit(1)
	}
	rand.Seed(time.Now().UnixNano())
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// What kubeadm's own main does, but that the flags of the log are there already: kubectl's packages have made them.
func runKubeadm() error {
	pflag.CommandLine.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	pflag.CommandLine.AddGoFlagSet(flag.CommandLine)
	if err := pflag.Set("logtostderr", "true"); err != nil {
		return err
	}
	kubeadmutil.CheckErr(kubeadm.NewKubeadmCommand(os.Stdin, os.Stdout, os.Stderr).Execute())
	return nil
}

func runKubectl() error {
	logs.InitLogs()
	defer logs.FlushLogs()
	if kubectl.NewDefaultKubectlCommand().Execute() != nil {
		logs.FlushLogs()
		os.Exit(1) // it has said why
	}
	return nil
}
