package fis

// States of experiments and actions.
const (
	pending    = "pending"
	initiating = "initiating"
	running    = "running"
	completed  = "completed"
	stopping   = "stopping"
	stopped    = "stopped"
	failed     = "failed"
	cancelled  = "cancelled"
	skipped    = "skipped"
)

// Reasons that states are shown with. Those of experiments are AWS's except the last two.
const (
	reasonPending    = "Experiment is pending."
	reasonInitiating = "Experiment is initiating."
	reasonRunning    = "Experiment is running."
	reasonCompleted  = "Experiment completed."
	reasonStopping   = "Stopping Experiment."
	reasonStopped    = "Experiment stopped."
	reasonHalted     = "Experiment halted by stop condition."
	reasonLimit      = "Experiment stopped at its limit of 12 hours."

	reasonActionPending    = "Initial state"
	reasonActionInitiating = "Action is initiating."
	reasonActionRunning    = "Action is running."
	reasonActionCompleted  = "Action was completed."
	reasonActionStopping   = "Action is stopping."
	reasonActionStopped    = "Action was stopped."
	reasonActionCancelled  = "Action was cancelled."
	reasonActionSkipped    = "Action was skipped."
	reasonActionEmpty      = "Action was skipped because target resolution returned empty set."
)

// reasonNoReport is why a report that a template asks for does not come.
const reasonNoReport = "Brownout does not write experiment reports."

func isFinal(status string) bool {
	switch status {
	case completed, stopped, failed, cancelled, skipped:
		return true
	}
	return false
}
