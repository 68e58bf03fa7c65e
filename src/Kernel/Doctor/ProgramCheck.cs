using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Kernel.Doctor;

/// <summary>Makes checks for programs: is it there, and which version.</summary>
public static class ProgramCheck
{
    /// <summary>A check that runs a program to see its version.</summary>
    /// <param name="program">The program, looked for in PATH.</param>
    /// <param name="neededFor">Which verbs need it.</param>
    /// <param name="remedy">How to get it.</param>
    /// <param name="optional">Whether every verb works without it.</param>
    public static DoctorCheck Create(string program, string neededFor, string remedy, bool optional = false) =>
        new(program, neededFor, (workspace, cancel) => LookAsync(program, remedy, workspace, cancel)) { Optional = optional };

    private static async Task<DoctorAnswer> LookAsync(string program, string remedy, Workspace workspace, CancellationToken cancel)
    {
        try
        {
            var result = await workspace.Processes.RunAsync(new ProcessSpec(program, "--version") { Folder = "/" }, cancel);
            var says = result.Lines.FirstOrDefault(line => !line.IsError)?.Text.Trim();
            return result.Succeeded
                ? new DoctorAnswer(Health.Good, says is { Length: > 0 } ? says : "here")
                : new DoctorAnswer(Health.Missing, $"'{program} --version' ends with exit code {result.ExitCode}", remedy);
        }
        catch (LockkeeperException e) when (e.Code == KernelErrors.ProgramMissing)
        {
            return new DoctorAnswer(Health.Missing, "not in PATH", remedy);
        }
    }
}
