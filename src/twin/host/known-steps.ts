import { backUp, checkPlan, handOverApi, moveEtcdLeader, restartKubelet, verifyControlPlane } from './kubeadm/change-steps.ts'
import { upgradeNode } from './kubeadm/kubeadm-upgrade.ts'
import { install, namesOf } from './kubeadm/packages.ts'
import { downloadPackages, findManualEdits, findPackages, pullImages, switchRepository } from './kubeadm/stage-steps.ts'
import { takeBack } from './kubeadm/take-back.ts'
import { nothingToDo, ofChange, reboot } from './os-steps.ts'
import type { StepProgram } from './step-program.ts'

/** What each step of a recipe does here, by its name. */
export const knownSteps: ReadonlyMap<string, StepProgram> = new Map([
  ['switch-repository', switchRepository],
  ['find-packages', findPackages],
  ['download-packages', downloadPackages],
  ['pull-images', pullImages],
  ['find-manual-edits', findManualEdits],
  ['back-up', backUp],
  ['install-kubeadm', install(() => ['kubeadm'])],
  ['check-plan', checkPlan],
  ['move-etcd-leader', moveEtcdLeader],
  ['hand-over-api', handOverApi],
  ['reconnect-kubelet', handOverApi],
  ['upgrade-node', upgradeNode],
  ['install-kubelet', install(namesOf)],
  ['restart-kubelet', restartKubelet],
  ['verify-control-plane', verifyControlPlane],
  ['take-over-api', handOverApi],
  // whose controllers see nothing is a matter of the test
  ['restart-controllers', handOverApi],
  ['take-back', takeBack],
  ['plan-packages', ofChange(3)],
  ['fetch-packages', ofChange(20)],
  ['mend-packages', nothingToDo],
  ['install-packages', ofChange(60)],
  ['reboot', reboot],
  ['services', nothingToDo],
  ['leave-etcd-lead', moveEtcdLeader],
  ['leave-api', handOverApi],
  ['await-control-plane', verifyControlPlane],
  ['return-api', handOverApi],
])
