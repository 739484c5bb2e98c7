/** What the flows of the applicant share with the tests of the console. */
export function freshTotp(person: { secret: string; step?: number }): Promise<string>
